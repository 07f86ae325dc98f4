//! Pictures of workspaces and people: whatever is uploaded is decoded and drawn anew, so that nothing but pixels is ever
//! served.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView as _, ImageFormat, ImageReader, Limits};
use sha2::{Digest as _, Sha256};

use crate::hex::hex;
use crate::{Ctx, Error};

/// Most bytes of an upload.
pub const UPLOAD_MAX: usize = 5 * 1024 * 1024;
/// What is said of more.
pub const TOO_LARGE: &str = "A picture has at most 5 MB.";
/// What every picture is served as.
pub const CONTENT_TYPE: &str = "image/png";
/// Longest side of what is uploaded, in pixels.
const SIDE_MAX: u32 = 4096;
/// Side of what is kept, in pixels.
const SIDE: u32 = 256;

/// A picture as it is served: [`CONTENT_TYPE`].
#[derive(Debug, Clone)]
pub struct Picture {
    /// Changes whenever the picture does; part of its address.
    pub version: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// An upload, drawn anew as a square of at most 256 pixels.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field`, saying what is wrong with the file.
    pub(crate) async fn drawn(ctx: &Ctx, upload: Vec<u8>, field: &str) -> Result<Self, Error> {
        // It takes up to 80 MB meanwhile, so one at a time.
        let _turn = ctx.deps().drawing.lock().await;
        let drawing = tokio::task::spawn_blocking(move || redraw(&upload));
        let drawn = drawing.await.map_err(|error| Error::Internal(error.to_string()))?;
        let bytes = drawn.map_err(|message| Error::field(field, message))?;
        let version = hex(Sha256::digest(&bytes).first_chunk::<8>().map_or(&[], <[u8; 8]>::as_slice));
        Ok(Self { version, bytes })
    }
}

/// Draws an upload anew as a square PNG of at most 256 pixels. Else a sentence that says what is wrong with the file.
fn redraw(upload: &[u8]) -> Result<Vec<u8>, &'static str> {
    if upload.len() > UPLOAD_MAX {
        return Err(TOO_LARGE);
    }
    let wrong = "Use a PNG, JPEG, WebP or GIF picture.";
    let mut reader = ImageReader::new(Cursor::new(upload)).with_guessed_format().map_err(|_| wrong)?;
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(wrong);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(80 * 1024 * 1024);
    reader.limits(limits);
    let picture =
        reader.decode().map_err(|_| "This picture cannot be read, or has more than 4,096 pixels a side.")?;
    let mut bytes = Vec::new();
    let square = DynamicImage::ImageRgba8(square(&picture).to_rgba8());
    square.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(|_| wrong)?;
    Ok(bytes)
}

/// The middle of the picture as a square, made smaller where it is larger than needed.
fn square(picture: &DynamicImage) -> DynamicImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let middle = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    if side > SIDE { middle.thumbnail(SIDE, SIDE) } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        DynamicImage::new_rgb8(width, height)
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn a_picture_becomes_a_small_square() {
        let logo = image::load_from_memory(&redraw(&png(800, 400)).unwrap()).unwrap();
        assert_eq!(logo.dimensions(), (256, 256));
        let small = image::load_from_memory(&redraw(&png(20, 10)).unwrap()).unwrap();
        assert_eq!(small.dimensions(), (10, 10));
    }

    #[test]
    fn nothing_but_the_pixels_survives() {
        let mut polyglot = png(10, 10);
        polyglot.extend_from_slice(b"<script>alert(1)</script>");
        let redrawn = redraw(&polyglot).unwrap();
        assert!(!redrawn.windows(7).any(|window| window == b"<script"));
        assert!(redrawn.starts_with(b"\x89PNG"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bad in [&svg[..], b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", &vec![0; UPLOAD_MAX + 1]] {
            assert!(redraw(bad).is_err());
        }
    }
}
