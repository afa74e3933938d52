//! Any bytes in a frame are an answer, an error, or refused: nothing panics, whatever the caller asked for and whatever
//! depth, size or kind the JSON has.
#![no_main]

use libfuzzer_sys::fuzz_target;
use relight::shell::protocol::{
    Body, ComponentStateAnswer, Connected, ExchangeServerAnswer, SetComponentStateAnswer, SetupProcessAnswer, read_data,
};

fuzz_target!(|data: &[u8]| {
    let Ok(body) = Body::parse(data) else { return };
    let _ = format!("{body:?}");
    if let Body::Result { data } = body {
        let _ = read_data::<Connected>(data.clone());
        let _ = read_data::<ExchangeServerAnswer>(data.clone());
        let _ = read_data::<ComponentStateAnswer>(data.clone());
        let _ = read_data::<SetupProcessAnswer>(data.clone());
        let _ = read_data::<SetComponentStateAnswer>(data);
    }
});
