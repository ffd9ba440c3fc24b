    EventDocument {
        id: event.id().to_string(),
        stream: stream.clone(),
        version,
        kind: event.kind().to_owned(),
        data: event.data().to_owned(),
        meta: EventMeta::of(event),
    }
