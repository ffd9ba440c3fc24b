    match value {
        Value::String(text) => match text.parse::<Sealed>() {
            Ok(sealed) => Ok(ring.value(&sealed).unwrap_or_else(|_| value.clone())),
            Err(_) => Ok(value.clone()),
        },
        Value::Array(items) => items.iter().map(|item| opened(item, ring)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, _)| Ok((name.clone(), opened(value, ring)?));
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        _ => Ok(value.clone()),
    }
