        drop(snapshot);
        let mut loaded = Loaded { checked: true, ..Loaded::default() };
        let slice = self.events(stream, Version::ZERO, up_to, &mut loaded).await?;
        loaded.state.fold(&slice.events)?;
        Ok(loaded)
