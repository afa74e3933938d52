//! What goes over the wire, to the byte.

use super::*;

#[test]
fn a_request_line_is_ascii_and_comes_back_unchanged() {
    let server = "EX\u{fc}01 \u{65e5}\u{1f600}\u{202e} \"'$(x)\n`";
    let request = Request {
        id: 7,
        call: Call::GetComponentState { server: server.to_owned(), component: "PopProxy".to_owned() },
    };
    let line = request.to_line().unwrap();
    assert!(line.is_ascii());
    assert!(line.contains(r"\u00fc01 \u65e5\ud83d\ude00\u202e"), "{line}");
    assert_eq!(line.matches('\n').count(), 1, "one line");
    assert!(line.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
}

#[test]
fn a_request_line_looks_as_documented() {
    let call = Call::GetComponentState { server: "EX01".to_owned(), component: "PopProxy".to_owned() };
    let line = Request { id: 7, call }.to_line().unwrap();
    assert_eq!(
        line,
        "{\"id\":7,\"op\":\"get-component-state\",\"args\":{\"server\":\"EX01\",\"component\":\"PopProxy\"}}\n"
    );
}

#[test]
fn a_result_without_data_is_an_answer_without_fields() {
    for json in [r#"{"kind":"result"}"#, r#"{"kind":"result","data":null}"#, r#"{"kind":"result","data":{}}"#] {
        let Body::Result { data } = Body::parse(json.as_bytes()).unwrap() else { panic!("{json}") };
        assert_eq!(read_data::<SetComponentStateAnswer>(data.clone()).unwrap(), SetComponentStateAnswer {});
        assert_eq!(read_data::<ExchangeServerAnswer>(data).unwrap(), ExchangeServerAnswer::default());
    }
}

#[test]
fn an_empty_text_is_one_that_was_not_given() {
    let data = serde_json::json!({"server": "", "component": "PopProxy", "local": [{"requester": ""}], "remote": []});
    let expected = ComponentStateObject {
        component: Some("PopProxy".to_owned()),
        local: Some(vec![EntryItem::default()]),
        remote: Some(Vec::new()),
        ..ComponentStateObject::default()
    };
    assert_eq!(read_data::<ComponentStateObject>(data).unwrap(), expected);
    // Nothing is taken out of a list.
    let data = serde_json::json!({"processes": [""]});
    assert_eq!(read_data::<SetupProcessAnswer>(data).unwrap().processes, [""]);
}

#[test]
fn an_answer_of_another_shape_is_refused() {
    assert!(read_data::<Connected>(serde_json::json!({ "cmdlets": 3 })).is_err());
    assert!(Body::parse(br#"{"kind":"surprise"}"#).is_err());
}
