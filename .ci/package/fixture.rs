//! A made-up program for 64-bit Windows: headers that say what a test wants, one section, no code.

/// What the headers are to say.
#[derive(Clone, Default)]
pub struct MadeUp {
    pub stamp: u32,
    pub characteristics: u16,
    /// `DependentLoadFlags` and `GuardFlags`, and how many bytes of the load configuration there are.
    pub load_config: Option<(u16, u32, u32)>,
    pub at_start: Vec<&'static str>,
    pub late: Vec<&'static str>,
    /// Anything else that is to stand in it.
    pub text: &'static str,
}

/// Where the section lies in memory and in the file.
const ADDRESS: u32 = 0x1000;
const OFFSET: usize = 0x200;

impl MadeUp {
    pub fn bytes(&self) -> Vec<u8> {
        let mut section = Vec::new();
        // Names first, then the tables that point to them, each closed by an empty row.
        let place = |section: &mut Vec<u8>, name: &str| {
            let at = ADDRESS + section.len() as u32;
            section.extend(name.as_bytes());
            section.push(0);
            at
        };
        let at_start = self.at_start.iter().map(|name| place(&mut section, name)).collect::<Vec<_>>();
        let late = self.late.iter().map(|name| place(&mut section, name)).collect::<Vec<_>>();
        place(&mut section, self.text);
        section.resize(section.len().next_multiple_of(8), 0);

        let imports = table(&mut section, at_start.iter().map(|name| vec![0, 0, 0, *name, 0]), 5);
        // The first field says that addresses are relative.
        let delayed = table(&mut section, late.iter().map(|name| vec![1, *name, 0, 0, 0, 0, 0, 0]), 8);
        let config = self.load_config.map_or((0, 0), |(dependent, guard, size)| {
            let at = section.len();
            section.resize(at + size.max(4) as usize, 0);
            put(&mut section[at..], 0, &size.to_le_bytes());
            put(&mut section[at..], 0x4e, &dependent.to_le_bytes());
            put(&mut section[at..], 0x90, &guard.to_le_bytes());
            (ADDRESS + at as u32, size)
        });
        section.resize(section.len().next_multiple_of(OFFSET), 0);

        let mut file = vec![0; OFFSET];
        put(&mut file, 0, b"MZ");
        put(&mut file, 0x3c, &0x40_u32.to_le_bytes());
        put(&mut file, 0x40, b"PE\0\0\x64\x86\x01\0");
        put(&mut file, 0x48, &self.stamp.to_le_bytes());
        // The size of the optional header; an executable that can lie anywhere.
        put(&mut file, 0x54, &[0xf0, 0, 0x22, 0]);
        let optional = &mut file[0x58..];
        put(optional, 0, &0x20b_u16.to_le_bytes());
        put(optional, 0x10, &ADDRESS.to_le_bytes());
        put(optional, 0x18, &0x1_4000_0000_u64.to_le_bytes());
        put(optional, 0x20, &0x1000_u32.to_le_bytes());
        put(optional, 0x24, &(OFFSET as u32).to_le_bytes());
        put(optional, 0x28, &[10, 0, 0, 0, 0, 0, 0, 0, 10, 0]);
        put(optional, 0x38, &(ADDRESS + (section.len() as u32).next_multiple_of(0x1000)).to_le_bytes());
        put(optional, 0x3c, &(OFFSET as u32).to_le_bytes());
        put(optional, 0x44, &3_u16.to_le_bytes());
        put(optional, 0x46, &self.characteristics.to_le_bytes());
        put(optional, 0x6c, &16_u32.to_le_bytes());
        for (number, (at, size)) in [(1, imports), (10, config), (13, delayed)] {
            put(optional, 0x70 + number * 8, &at.to_le_bytes());
            put(optional, 0x74 + number * 8, &size.to_le_bytes());
        }
        put(&mut file, 0x148, b".rdata\0\0");
        let length = section.len() as u32;
        for (at, value) in [(0x150, length), (0x154, ADDRESS), (0x158, length), (0x15c, OFFSET as u32)] {
            put(&mut file, at, &value.to_le_bytes());
        }
        put(&mut file, 0x16c, &0x4000_0040_u32.to_le_bytes());
        file.extend(section);
        file
    }
}

/// Adds a table of rows of this many fields; where it is and how long, nothing where it is empty.
fn table(section: &mut Vec<u8>, rows: impl Iterator<Item = Vec<u32>>, fields: usize) -> (u32, u32) {
    let rows: Vec<u32> = rows.flatten().collect();
    if rows.is_empty() {
        return (0, 0);
    }
    let at = ADDRESS + section.len() as u32;
    section.extend(rows.iter().flat_map(|field| field.to_le_bytes()));
    section.extend(vec![0; fields * 4]);
    section.resize(section.len().next_multiple_of(8), 0);
    (at, ((rows.len() + fields) * 4) as u32)
}

/// As much of the bytes as there is room for.
fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    for (place, byte) in file.iter_mut().skip(at).zip(bytes) {
        *place = *byte;
    }
}
