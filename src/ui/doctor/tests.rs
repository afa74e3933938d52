//! The checkup as text, line by line.
