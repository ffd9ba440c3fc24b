    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let sealed = value.as_str().and_then(|text| text.parse::<Sealed>().ok());
                match sealed {
                    Some(sealed) => Ok((name.clone(), ring.value(&sealed)?)),
                    None => Ok((name.clone(), value.clone())),
                }
            };
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        _ => Ok(value.clone()),
    }
