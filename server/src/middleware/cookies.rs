//! Reading cookies.

use http::{HeaderMap, header};

/// The value of the first cookie called `name`.
#[must_use]
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("stackyard_30000=no; tz=Europe%2FRome"));
        headers.append(header::COOKIE, HeaderValue::from_static("x=1;stackyard_3000=yes"));
        assert_eq!(value(&headers, "stackyard_3000"), Some("yes"));
        assert_eq!(value(&headers, "stackyard"), None);
    }
}
