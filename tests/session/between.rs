//! Ctrl-C between two calls of one look, at the very moment: the look tells of it before each question. The shell is the
//! program itself, which plays a scenario and answers at once.

use relight::domain::Connection;
use relight::domain::{Component, Event, Server, TroubleKind};
use relight::exchange::{Link, Observer};
use relight::shell::{Capabilities, Deadlines, Interrupt, Launch, Program, Turn};

use crate::LONG;

crate::trials![an_interrupt_between_two_calls_ends_the_look_and_nothing_else];

fn an_interrupt_between_two_calls_ends_the_look_and_nothing_else() {
    let interrupt = Interrupt::new();
    let launch = Launch {
        program: Program::Simulator {
            path: env!("CARGO_BIN_EXE_relight").into(),
            args: ["--scenario", "kb-3025138"].map(Into::into).to_vec(),
        },
        capabilities: Capabilities::Look,
        deadlines: Deadlines { hello: LONG, connect: LONG, call: LONG },
        interrupt: interrupt.clone(),
        turn: Turn::default(),
        goes_through: false,
    };
    let link = Link { connection: Connection::Ems, connect_to: None };
    let server = Server::parse("EX01").unwrap();
    let components = ["PopProxy", "ImapProxy"].map(Component::new);
    let mut observer = Observer::connect(launch, link, &mut |_| {}).unwrap();

    let cut = observer.look(&server, &components, &mut |event| {
        if let Event::Looking(_, component) = event
            && *component == components[1]
        {
            interrupt.raise();
        }
    });
    assert_eq!(cut.components.len(), 1, "{cut:?}");
    assert_eq!(cut.troubles.iter().map(|trouble| trouble.kind).collect::<Vec<_>>(), [TroubleKind::Interrupted]);

    // Not acknowledged, it ends the next look as well; acknowledged, the next one sees everything. The request itself stays known.
    assert!(observer.look(&server, &components, &mut |_| {}).components.is_empty());
    interrupt.acknowledge();
    let whole = observer.look(&server, &components, &mut |_| {});
    assert_eq!((whole.components.len(), whole.troubles.len()), (2, 0), "{whole:?}");
    assert_eq!(interrupt.count(), 1);
    observer.close();
}
