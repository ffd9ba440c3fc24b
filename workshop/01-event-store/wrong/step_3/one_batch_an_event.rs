    let mut last = None;
    for (index, event) in events.iter().enumerate() {
        let mut batch = TransactionalBatch::new(stream.to_string());
        if after.plus(index) > Version::ZERO {
            batch = batch.read_item(document_id(stream, after.plus(index)), None);
        }
        batch = batch.create_item(document(stream, after.plus(index + 1), event))?;
        let answer = send(store, batch).await?;
        match answer.failure {
            None => last = Some(answer.appended(after.plus(index + 1))),
            Some(404 | 409) => return Ok(Outcome::Elsewhere),
            Some(status) => {
                return Ok(Outcome::Refused { status, retry_after: answer.retry_after });
            }
        }
    }
    Ok(last.map_or(Outcome::Elsewhere, Outcome::Written))
