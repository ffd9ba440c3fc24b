        // block 1
        let events = state.aggregate.decide(command).map_err(ExecuteError::Rejected)?;
        if events.is_empty() {
            return Ok(Attempt::Satisfied);
        }
        let new = new_events(&events, state, context)?;
        match self.store.append(stream, Expected::Any, new).await {
            Ok(appended) => Ok(Attempt::Appended(events, appended)),
            Err(AppendError::Conflict { actual, since }) => Ok(Attempt::Conflict { actual, since }),
            Err(error) => Err(error.into()),
        }
