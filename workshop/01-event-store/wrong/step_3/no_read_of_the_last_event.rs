    let mut batch = TransactionalBatch::new(stream.to_string());
    for (index, event) in events.iter().enumerate() {
        batch = batch.create_item(document(stream, after.plus(index + 1), event))?;
    }
    let answer = send(store, batch).await?;
    match answer.failure {
        None => Ok(Outcome::Written(answer.appended(after.plus(events.len())))),
        Some(404 | 409) => Ok(Outcome::Elsewhere),
        Some(status) => Ok(Outcome::Refused { status, retry_after: answer.retry_after }),
    }
