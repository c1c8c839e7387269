//! A response's body, unpacked, up to its cap.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

use super::Failure;

/// Takes a body part by part.
pub enum Body {
    /// As it comes.
    Plain(Capped),
    /// Packed with gzip.
    Packed(Box<MultiGzDecoder<Capped>>),
}

/// Bytes, up to so many.
#[derive(Debug)]
pub struct Capped {
    bytes: Vec<u8>,
    most: u64,
    is_over: bool,
}

impl Body {
    /// An empty one, that may have so many bytes once it is unpacked.
    pub fn new(is_packed: bool, most: u64) -> Self {
        let capped = Capped { bytes: Vec::new(), most, is_over: false };
        if is_packed { Self::Packed(Box::new(MultiGzDecoder::new(capped))) } else { Self::Plain(capped) }
    }

    /// Adds what came next.
    ///
    /// # Errors
    /// If that is too much, or not packed as it should be.
    pub fn add(&mut self, part: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Plain(capped) => capped.write_all(part).map_err(|_| Failure::TooLarge),
            Self::Packed(decoder) => {
                let added = decoder.write_all(part).and_then(|()| decoder.flush());
                added.map_err(|_| if decoder.get_ref().is_over { Failure::TooLarge } else { Failure::Reset })
            }
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// If it is not all there.
    pub fn into_whole(self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Plain(capped) => Ok(capped.bytes),
            Self::Packed(mut decoder) => {
                let ended = decoder.try_finish();
                let Capped { is_over, .. } = *decoder.get_ref();
                match ended {
                    Ok(()) => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
                    Err(_) if is_over => Err(Failure::TooLarge),
                    Err(_) => Err(Failure::Reset),
                }
            }
        }
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.most {
            self.is_over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn read(is_packed: bool, most: u64, parts: &[&[u8]]) -> Result<Vec<u8>, Failure> {
        let mut body = Body::new(is_packed, most);
        parts.iter().try_for_each(|part| body.add(part))?;
        body.into_whole()
    }

    #[test]
    fn a_body_is_unpacked_and_may_have_as_much_as_its_cap() {
        let gz = packed(b"hello");
        assert_eq!(read(true, 5, &[&gz[..7], &gz[7..]]).unwrap(), b"hello");
        assert_eq!(read(true, 4, &[&gz]), Err(Failure::TooLarge));
        assert_eq!(read(false, 5, &[b"hel", b"lo"]).unwrap(), b"hello");
        assert_eq!(read(false, 4, &[b"hel", b"lo"]), Err(Failure::TooLarge));
        assert_eq!(read(true, 10, &[&gz, &packed(b" more")]).unwrap(), b"hello more");
    }

    #[test]
    fn what_is_packed_otherwise_or_cut_off_is_no_body() {
        let gz = packed(b"hello");
        assert_eq!(read(true, 99, &[b"hello, this is no gzip at all"]), Err(Failure::Reset));
        assert_eq!(read(true, 99, &[&gz[..gz.len() - 9]]), Err(Failure::Reset));
        let mut altered = gz.clone();
        altered[gz.len() - 8] ^= 1;
        assert_eq!(read(true, 99, &[&altered]), Err(Failure::Reset));
    }
}
