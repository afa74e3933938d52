//! A pool of workers: a bounded number of threads for jobs that lead to more jobs. Threads are started as work turns up;
//! one that finds none while others still work waits, because theirs may lead to more.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope, scope};

/// Room enough for a TLS handshake; the default would reserve four times as much.
const STACK: usize = 512 << 10;

struct Work<J, R> {
    jobs: VecDeque<J>,
    results: Vec<R>,
    busy: usize,
    waiting: usize,
    threads: usize,
}

struct Workers<J, R, F> {
    state: Mutex<Work<J, R>>,
    changed: Condvar,
    most: usize,
    work: F,
}

/// Does all jobs, at most so many at a time, and those they lead to. The results come in no order.
pub fn work<J: Send, R: Send>(jobs: Vec<J>, most: usize, work: impl Fn(J) -> (Vec<R>, Vec<J>) + Sync) -> Vec<R> {
    let state = Work { jobs: jobs.into(), results: Vec::new(), busy: 0, waiting: 0, threads: 1 };
    let workers = Workers { state: Mutex::new(state), changed: Condvar::new(), most, work };
    // This thread is one of the workers: where the system starts no other, the work is done all the same.
    scope(|scope| workers.join(scope));
    workers.state.into_inner().unwrap_or_else(PoisonError::into_inner).results
}

impl<J: Send, R: Send, F: Fn(J) -> (Vec<R>, Vec<J>) + Sync> Workers<J, R, F> {
    fn join<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let mut state = self.lock();
        loop {
            match state.jobs.pop_front() {
                Some(job) => {
                    state.busy += 1;
                    self.spawn_worker(&mut state, scope);
                    drop(state);
                    let (results, jobs) = (self.work)(job);
                    state = self.lock();
                    state.busy -= 1;
                    state.results.extend(results);
                    state.jobs.extend(jobs);
                    self.changed.notify_all();
                }
                None if state.busy == 0 => return,
                None => {
                    state.waiting += 1;
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.waiting -= 1;
                }
            }
        }
    }

    /// Starts one more thread where there is more to do than threads that wait for it. Each thread that takes a job does so,
    /// so there are soon as many as are needed.
    fn spawn_worker<'scope>(&'scope self, state: &mut Work<J, R>, scope: &'scope Scope<'scope, '_>) {
        if state.jobs.len() > state.waiting && state.threads < self.most {
            let started = Builder::new().stack_size(STACK).spawn_scoped(scope, || self.join(scope));
            state.threads += usize::from(started.is_ok());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Work<J, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn jobs_lead_to_jobs_and_all_are_done() {
        let mut results = work(vec![3, 2], 4, |job: u32| (vec![job], (0..job).collect()));
        results.sort_unstable();
        // 3 leads to 0, 1, 2; each of those on; 2 to 0, 1; and so on.
        assert_eq!(results, [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn as_many_run_at_once_as_there_is_room_for() {
        let meeting = Barrier::new(8);
        let results = work((0..8).collect(), 8, |job: u32| {
            meeting.wait();
            (vec![job], Vec::new())
        });
        assert_eq!(results.len(), 8);
    }

    #[test]
    fn never_more_run_at_once() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        work((0..200).collect(), 3, |_: u32| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            (vec![()], Vec::new())
        });
        assert!(most.load(Ordering::SeqCst) <= 3);
    }
}
