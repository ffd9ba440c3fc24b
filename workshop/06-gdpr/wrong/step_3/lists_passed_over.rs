    match value {
        Value::String(text) => match text.parse::<Sealed>() {
            Ok(sealed) if ring.holds(&sealed.subject) => ring.value(&sealed),
            _ => Ok(value.clone()),
        },
        Value::Object(fields) => {
            let field = |(name, value): (&String, _)| Ok((name.clone(), opened(value, ring)?));
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        _ => Ok(value.clone()),
    }
