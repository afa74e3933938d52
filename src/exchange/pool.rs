//! The sessions of a run, side by side. Servers stand in a queue, and each session takes the next; a server that keeps its
//! session waiting keeps no other server waiting.
//!
//! The first session is opened before anything else. Others follow while there is more to wait for than they take to load,
//! one after another ([`Turn`](crate::shell::Turn)), and a load that is not needed any more is broken off. A session that has
//! been at one server for long gives its place to another.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use crate::domain::{Event, Server, Trouble, TroubleKind};
use crate::shell::{Interrupt, Launch};

use super::{ConnectError, Link, Observer, Writer};

/// A session, as a pool opens and closes it.
pub trait Worker: Send + Sized {
    /// Starts the shell and loads Exchange.
    ///
    /// # Errors
    /// When no server can be worked on.
    fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError>;
    /// The part that looks.
    fn observer(&mut self) -> &mut Observer;
    /// Ends the session.
    fn close(self);
}

impl Worker for Observer {
    fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        Self::connect(launch, link, on_event)
    }

    fn observer(&mut self) -> &mut Observer {
        self
    }

    fn close(self) {
        Self::close(self);
    }
}

impl Worker for Writer {
    fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        Self::connect(launch, link, on_event)
    }

    fn observer(&mut self) -> &mut Observer {
        Self::observer(self)
    }

    fn close(self) {
        Self::close(self);
    }
}

/// How many sessions there are at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jobs {
    /// So many, beside those that are slow.
    pub most: usize,
    /// How long a session may be at one server before another takes its place.
    pub slow_after: Duration,
}

impl Jobs {
    /// The usual number.
    pub const USUAL: usize = 4;
    /// Slow ones among them: Exchange allows a user 18 shells, and the admin has some of them.
    pub const MOST: usize = 12;
    /// What is usually slow: a registry that does not answer takes 120 s to say so, one that answers a moment.
    pub const SLOW_AFTER: Duration = Duration::from_secs(30);
}

impl Default for Jobs {
    fn default() -> Self {
        Self { most: Self::USUAL, slow_after: Self::SLOW_AFTER }
    }
}

/// What hears of events, from the threads of all sessions.
pub type OnEvent<'a> = dyn FnMut(Event<'_>) + Send + 'a;

/// What a session does at each server, telling events of it.
pub type Work<'a, T, W> = dyn Fn(&mut T, &mut W, &mut dyn FnMut(Event<'_>)) + Sync + 'a;

/// The sessions of a run.
pub struct Pool<W> {
    launch: Launch,
    link: Link,
    jobs: Jobs,
    /// Those that are at no server.
    idle: Vec<W>,
    /// What the last one took to load.
    load: Duration,
    /// Whether the last one that was tried did not open.
    is_full: bool,
    /// Whether the run is about several servers.
    is_for_several: bool,
}

impl<W: Worker> Pool<W> {
    /// Opens the first session.
    ///
    /// # Errors
    /// As the session's own.
    pub fn connect(launch: Launch, link: Link, jobs: Jobs, on_event: &mut OnEvent<'_>) -> Result<Self, ConnectError> {
        let began = Instant::now();
        let first = W::connect(launch.clone(), link.clone(), &mut |event| on_event(event))?;
        Ok(Self::on(first, launch, link, jobs, began.elapsed()))
    }

    /// With the first session, which took so long to load.
    pub(super) fn on(first: W, launch: Launch, link: Link, jobs: Jobs, load: Duration) -> Self {
        Self { launch, link, jobs, idle: vec![first], load, is_full: false, is_for_several: false }
    }

    /// A session, for a question that is about no server of the queue.
    pub fn observer(&mut self) -> &mut Observer {
        match &mut self.idle[..] {
            [first, ..] => first.observer(),
            [] => unreachable!("there is one from the beginning, and it is given back"),
        }
    }

    /// The run is about so many servers; of several that is told, and each event says of which it is.
    pub fn expect(&mut self, servers: usize, on_event: &mut OnEvent<'_>) {
        self.is_for_several = servers > 1;
        if self.is_for_several {
            on_event(Event::Several(servers));
        }
    }

    /// Works on each of these, in the order of the queue and side by side.
    pub fn each<T: Send>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        server: fn(&T) -> &Server,
        work: &Work<'_, T, W>,
        on_event: &mut OnEvent<'_>,
    ) {
        let mut queue = items.into_iter().collect::<VecDeque<_>>();
        if !self.is_for_several
            && let [first, ..] = &mut self.idle[..]
        {
            queue.iter_mut().for_each(|item| work(item, first, &mut |event| on_event(event)));
            return;
        }
        let sessions = mem::take(&mut self.idle);
        let room = Room {
            launch: &self.launch,
            link: &self.link,
            jobs: self.jobs,
            server,
            work,
            on_event: Mutex::new(on_event),
            state: Mutex::new(State {
                queue,
                threads: Vec::new(),
                idle: Vec::new(),
                load: self.load,
                done: 0,
                took: Duration::ZERO,
                is_full: self.is_full,
            }),
            changed: Condvar::new(),
        };
        thread::scope(|scope| room.run(scope, sessions));
        let state = room.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.idle, self.load, self.is_full) = (state.idle, state.load, state.is_full);
    }

    /// Ends the sessions, all at once: each may take a moment to go.
    pub fn close(self) {
        thread::scope(|scope| {
            for worker in self.idle {
                scope.spawn(|| worker.close());
            }
        });
    }
}

/// Where the threads of the sessions meet.
struct Room<'a, 'e, T, W> {
    launch: &'a Launch,
    link: &'a Link,
    jobs: Jobs,
    server: fn(&T) -> &Server,
    work: &'a Work<'a, T, W>,
    on_event: Mutex<&'a mut OnEvent<'e>>,
    state: Mutex<State<T, W>>,
    changed: Condvar,
}

struct State<T, W> {
    queue: VecDeque<T>,
    threads: Vec<Doing>,
    /// The sessions of threads that have ended.
    idle: Vec<W>,
    load: Duration,
    /// How many items are done, and how long they took.
    done: u32,
    took: Duration,
    is_full: bool,
}

/// What the thread of a session begins with.
enum Opening<W> {
    Open(W),
    ToOpen(Interrupt),
}

/// What the thread of a session does.
enum Doing {
    /// It loads Exchange, and is asked to give up by raising this.
    Loading(Interrupt),
    At {
        server: Server,
        since: Instant,
        is_slow: bool,
    },
    /// It is about to take the next.
    Free,
    Gone,
}

impl<T: Send, W: Worker> Room<'_, '_, T, W> {
    /// How often it is looked at the time.
    const TICK: Duration = Duration::from_millis(50);

    /// Sees to it that there are as many sessions as are of use, until all is done.
    fn run<'s>(&'s self, scope: &'s Scope<'s, '_>, sessions: Vec<W>) {
        let mut state = self.state();
        let mut sessions = sessions.into_iter();
        let at_first = sessions.by_ref().take(self.jobs.most.min(state.queue.len())).collect::<Vec<_>>();
        state.idle.extend(sessions);
        for session in at_first {
            let id = state.add(Doing::Free);
            scope.spawn(move || self.work_on(id, Opening::Open(session)));
        }
        while !state.is_over() {
            let slow = state.mark_slow(self.jobs.slow_after);
            let opens = state.wants_another(self.jobs);
            if opens {
                let (doing, opening) = match state.idle.pop() {
                    Some(session) => (Doing::Free, Opening::Open(session)),
                    None => {
                        let interrupt = self.launch.interrupt.for_one();
                        (Doing::Loading(interrupt.clone()), Opening::ToOpen(interrupt))
                    }
                };
                let id = state.add(doing);
                scope.spawn(move || self.work_on(id, opening));
            }
            if state.queue.is_empty() {
                state.break_loads_off();
            }
            drop(state);
            slow.iter().for_each(|server| self.tell(Event::IsSlow(server)));
            state = self.state();
            if !opens && !state.is_over() {
                let waited = self.changed.wait_timeout(state, Self::TICK);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// The thread of a session, which may have to be opened first.
    fn work_on(&self, id: usize, opening: Opening<W>) {
        // Whatever happens here, who waits for it hears that it is over.
        let _gone = Gone { room: self, id };
        let opened = match opening {
            Opening::Open(session) => Some(session),
            Opening::ToOpen(interrupt) => self.open(id, interrupt),
        };
        let Some(mut session) = opened else { return };
        while let Some(mut item) = self.next(id) {
            let server = (self.server)(&item).clone();
            self.tell(Event::Begins(&server));
            (self.work)(&mut item, &mut session, &mut |event| self.tell(Event::At(&server, &event)));
            self.tell(Event::Ends(&server));
        }
        self.state().idle.push(session);
    }

    fn open(&self, id: usize, interrupt: Interrupt) -> Option<W> {
        let began = Instant::now();
        let launch = Launch { interrupt: interrupt.clone(), ..self.launch.clone() };
        // Nobody waits for it: what it says is of no interest.
        match W::connect(launch, self.link.clone(), &mut |_| {}) {
            Ok(session) => {
                let mut state = self.state();
                state.threads[id] = Doing::Free;
                state.load = began.elapsed();
                drop(state);
                if interrupt.count() == self.launch.interrupt.count() {
                    return Some(session);
                }
                // It was to be broken off, and was faster.
                session.close();
            }
            Err(error) => {
                let kind = error.trouble_kind();
                tracing::info!(%error, "another session does not open");
                if kind != TroubleKind::Interrupted {
                    self.state().is_full = true;
                    self.tell(Event::NoMoreSessions(&Trouble { kind, component: None, message: error.to_string() }));
                }
            }
        }
        None
    }

    /// The next server of a session; `None`: there is none for it.
    fn next(&self, id: usize) -> Option<T> {
        let mut state = self.state();
        if let Doing::At { since, is_slow, .. } = mem::replace(&mut state.threads[id], Doing::Free) {
            state.done += 1;
            state.took += since.elapsed();
            // Another one has its place.
            if is_slow && state.working() > self.jobs.most {
                return None;
            }
        }
        let item = state.queue.pop_front()?;
        let server = (self.server)(&item).clone();
        state.threads[id] = Doing::At { server, since: Instant::now(), is_slow: false };
        drop(state);
        self.changed.notify_one();
        Some(item)
    }

    fn tell(&self, event: Event<'_>) {
        (self.on_event.lock().unwrap_or_else(PoisonError::into_inner))(event);
    }

    fn state(&self) -> MutexGuard<'_, State<T, W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, W> State<T, W> {
    fn add(&mut self, doing: Doing) -> usize {
        self.threads.push(doing);
        self.threads.len() - 1
    }

    fn is_over(&self) -> bool {
        self.threads.iter().all(|doing| matches!(doing, Doing::Gone))
    }

    /// The sessions that stand for the wanted number: those that are not slow.
    fn working(&self) -> usize {
        let counts = |doing: &&Doing| match doing {
            Doing::Loading(_) | Doing::Free | Doing::At { is_slow: false, .. } => true,
            Doing::At { is_slow: true, .. } | Doing::Gone => false,
        };
        self.threads.iter().filter(counts).count()
    }

    /// Marks what has become slow.
    fn mark_slow(&mut self, after: Duration) -> Vec<Server> {
        let mut slow = Vec::new();
        for doing in &mut self.threads {
            if let Doing::At { server, since, is_slow: is_slow @ false } = doing
                && since.elapsed() >= after
            {
                *is_slow = true;
                slow.push(server.clone());
            }
        }
        slow
    }

    /// Whether another session is of use now.
    fn wants_another(&self, jobs: Jobs) -> bool {
        let all = self.threads.iter().filter(|doing| !matches!(doing, Doing::Gone)).count();
        if self.queue.is_empty() || self.working() >= jobs.most || all >= Jobs::MOST {
            return false;
        }
        if !self.idle.is_empty() {
            return true;
        }
        let is_loading = self.threads.iter().any(|doing| matches!(doing, Doing::Loading(_)));
        let now = self.threads.iter().filter_map(|doing| match doing {
            Doing::At { since, .. } => Some(since.elapsed()),
            Doing::Loading(_) | Doing::Free | Doing::Gone => None,
        });
        let one = self.took.checked_div(self.done).into_iter().chain(now).max().unwrap_or_default();
        !self.is_full && !is_loading && is_worth_it(one, self.queue.len(), self.working(), self.load)
    }

    /// Nobody needs another session any more.
    fn break_loads_off(&self) {
        for doing in &self.threads {
            if let Doing::Loading(interrupt) = doing
                && interrupt.count() == 0
            {
                interrupt.raise();
            }
        }
    }
}

/// Whether what waits takes longer than to load another session. `one`: what one server takes.
fn is_worth_it(one: Duration, waiting: usize, working: usize, load: Duration) -> bool {
    let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
    one.saturating_mul(waiting) > load.saturating_mul(u32::try_from(working).unwrap_or(u32::MAX))
}

/// Says that a thread has ended, however it did.
struct Gone<'r, 'a, 'e, T: Send, W: Worker> {
    room: &'r Room<'a, 'e, T, W>,
    id: usize,
}

impl<T: Send, W: Worker> Drop for Gone<'_, '_, '_, T, W> {
    fn drop(&mut self) {
        self.room.state().threads[self.id] = Doing::Gone;
        self.room.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_session_is_opened_where_the_rest_takes_longer_than_it_takes_to_load() {
        let seconds = Duration::from_secs;
        for (one, waiting, working, load, expected) in [
            (seconds(1), 1, 1, seconds(8), false),
            (seconds(1), 9, 1, seconds(8), true),
            (seconds(1), 9, 2, seconds(8), false),
            (seconds(120), 1, 3, seconds(8), true),
            (seconds(0), 1000, 1, seconds(8), false),
            (seconds(1), 0, 1, seconds(0), false),
        ] {
            assert_eq!(is_worth_it(one, waiting, working, load), expected, "{waiting} wait for {working}");
        }
    }
}
