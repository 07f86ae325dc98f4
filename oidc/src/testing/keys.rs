use aws_lc_rs::hmac::{self as mac, HMAC_SHA256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A fixed key of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestKey {
    /// RSA, 2048 bits; the issuer's first.
    RsaA,
    /// RSA, 2048 bits; the issuer's after an odd number of rotations.
    RsaB,
    /// ECDSA on P-256, published beside the RSA key as `test-ec`.
    Ec,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl TestKey {
    fn pair(self) -> Pair {
        match self {
            Self::RsaA => Pair::Rsa(rsa(include_str!("../../testdata/rsa-a.pem"))),
            Self::RsaB => Pair::Rsa(rsa(include_str!("../../testdata/rsa-b.pem"))),
            Self::Ec => {
                let der = der(include_str!("../../testdata/ec-p256.pem"));
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
                Pair::Ec(pair.expect("the EC key of the tests"))
            }
        }
    }

    /// The algorithm that the key is for.
    #[must_use]
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::RsaA | Self::RsaB => "RS256",
            Self::Ec => "ES256",
        }
    }

    /// The public key as issuers publish it.
    #[must_use]
    pub fn jwk(self, kid: &str) -> Value {
        match self.pair() {
            Pair::Rsa(pair) => {
                let RsaPublicKeyComponents { n, e } =
                    RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": encode(n), "e": encode(e)})
            }
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..).expect("an uncompressed point").split_at(32);
                json!({"kty": "EC", "kid": kid, "use": "sig", "alg": "ES256", "crv": "P-256", "x": encode(x), "y": encode(y)})
            }
        }
    }

    /// The public key as PEM, the bytes that an attacker uses as an HMAC secret. RSA keys only.
    #[must_use]
    pub fn public_pem(self) -> String {
        use aws_lc_rs::encoding::AsDer as _;
        let Pair::Rsa(pair) = self.pair() else { return String::new() };
        let der = pair.public_key().as_der().expect("a public key as DER");
        let text = STANDARD.encode(der.as_ref());
        let (mut rest, mut lines) = (text.as_str(), String::new());
        while !rest.is_empty() {
            let (line, behind) = rest.split_at(rest.len().min(64));
            lines.push_str(line);
            lines.push('\n');
            rest = behind;
        }
        format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n")
    }

    /// Signs header and claims, each any text, into a token.
    #[must_use]
    pub fn sign(self, header: &str, claims: &str) -> String {
        let random = SystemRandom::new();
        assemble(header, claims, |message| match self.pair() {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("an RSA signature");
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).expect("an EC signature").as_ref().to_vec(),
        })
    }
}

/// A token of any header and claims, with whatever `signature` makes of the two.
pub fn assemble(header: &str, claims: &str, signature: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = encode(signature(message.as_bytes()));
    format!("{message}.{signature}")
}

/// HMAC-SHA256, for the attack that uses a public key as the secret.
#[must_use]
pub fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    mac::sign(&mac::Key::new(HMAC_SHA256, secret), message).as_ref().to_vec()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa(pem: &str) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&der(pem)).expect("an RSA key of the tests")
}

fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).expect("PEM")
}
