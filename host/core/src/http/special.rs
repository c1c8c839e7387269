//! Addresses that are not of the public internet: IANA's registries of special-purpose addresses,
//! and what is given out for something else than hosts.
//!
//! <https://www.iana.org/assignments/iana-ipv4-special-registry> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>. All of their rows are here, also
//! those that can be reached from everywhere: no service stands at an anycast address of a protocol.
//! All hosts try their tables with `tests/vectors/special-addresses.json`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// The IPv4 registry, and after it what is no host's.
const V4: [Ipv4Net; 26] = [
    v4([0, 0, 0, 0], 8),          // "this network", RFC 791
    v4([0, 0, 0, 0], 32),         // "this host on this network", RFC 1122
    v4([10, 0, 0, 0], 8),         // private use, RFC 1918
    v4([100, 64, 0, 0], 10),      // shared address space, RFC 6598
    v4([127, 0, 0, 0], 8),        // loopback, RFC 1122
    v4([169, 254, 0, 0], 16),     // link local, where clouds keep their metadata, RFC 3927
    v4([172, 16, 0, 0], 12),      // private use, RFC 1918
    v4([192, 0, 0, 0], 24),       // IETF protocol assignments, RFC 6890
    v4([192, 0, 0, 0], 29),       // IPv4 service continuity, RFC 7335
    v4([192, 0, 0, 8], 32),       // IPv4 dummy address, RFC 7600
    v4([192, 0, 0, 9], 32),       // port control protocol anycast, RFC 7723
    v4([192, 0, 0, 10], 32),      // TURN anycast, RFC 8155
    v4([192, 0, 0, 170], 31),     // NAT64/DNS64 discovery, RFC 8880 and RFC 7050
    v4([192, 0, 2, 0], 24),       // documentation, RFC 5737
    v4([192, 31, 196, 0], 24),    // AS112, RFC 7535
    v4([192, 52, 193, 0], 24),    // AMT, RFC 7450
    v4([192, 88, 99, 0], 24),     // deprecated 6to4 relay anycast, RFC 7526
    v4([192, 168, 0, 0], 16),     // private use, RFC 1918
    v4([192, 175, 48, 0], 24),    // direct delegation AS112 service, RFC 7534
    v4([198, 18, 0, 0], 15),      // benchmarking, RFC 2544
    v4([198, 51, 100, 0], 24),    // documentation, RFC 5737
    v4([203, 0, 113, 0], 24),     // documentation, RFC 5737
    v4([224, 0, 0, 0], 4),        // multicast, RFC 1112
    v4([233, 252, 0, 0], 24),     // multicast for documentation, RFC 6676
    v4([240, 0, 0, 0], 4),        // reserved, RFC 1112
    v4([255, 255, 255, 255], 32), // limited broadcast, RFC 8190
];

/// The IPv6 registry but for what carries an IPv4 address, and after it what is no host's.
const V6: [Ipv6Net; 25] = [
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128),             // loopback, RFC 4291
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128),             // unspecified, RFC 4291
    v6([0, 0, 0, 0, 0, 0, 0, 0], 96),              // IPv4-compatible, deprecated, RFC 4291
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),      // IPv4-IPv6 translation, local use, RFC 8215
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64),          // discard only, RFC 6666
    v6([0x100, 0, 0, 1, 0, 0, 0, 0], 64),          // dummy prefix, RFC 9780
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),         // IETF protocol assignments, RFC 2928
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32),         // Teredo, RFC 4380
    v6([0x2001, 1, 0, 0, 0, 0, 0, 1], 128),        // port control protocol anycast, RFC 7723
    v6([0x2001, 1, 0, 0, 0, 0, 0, 2], 128),        // TURN anycast, RFC 8155
    v6([0x2001, 1, 0, 0, 0, 0, 0, 3], 128),        // DNS-SD registration anycast, RFC 9665
    v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48),         // benchmarking, RFC 5180
    v6([0x2001, 3, 0, 0, 0, 0, 0, 0], 32),         // AMT, RFC 7450
    v6([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48),     // AS112, RFC 7535
    v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28),      // deprecated ORCHID, RFC 4843
    v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28),      // ORCHIDv2, RFC 7343
    v6([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28),      // drone remote identification, RFC 9374
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),     // documentation, RFC 3849
    v6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), // direct delegation AS112 service, RFC 7534
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),         // documentation, RFC 9637
    v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16),         // segment routing identifiers, RFC 9602
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),          // unique local, RFC 4193
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),         // link local, RFC 4291
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),         // site local, deprecated, RFC 3879
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),          // multicast, RFC 4291
];

/// All that is given out to hosts: RFC 4291 and IANA's registry of IPv6 global unicast addresses.
const UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

/// Whether an address is one of the public internet. An IPv6 address that leads to an IPv4 one is
/// judged by that as well.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !V4.iter().any(|row| row.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // IPv4-mapped (RFC 4291) and translated by NAT64 (RFC 6052): the IPv4 address and no other.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(joined(high, low)),
        _ if !UNICAST.contains(&address) || V6.iter().any(|row| row.contains(&address)) => false,
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] if !is_public_v4(joined(high, low)) => false,
        // ISATAP (RFC 5214): in the interface's half, behind any prefix.
        [.., 0 | 0x200, 0x5efe, high, low] => is_public_v4(joined(high, low)),
        _ => true,
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use ipnet::IpNet;

    use super::*;

    /// The table that all hosts run.
    #[derive(serde::Deserialize)]
    struct Table {
        blocks: Vec<Row>,
        not_public: Vec<IpAddr>,
        public: Vec<IpAddr>,
    }

    #[derive(serde::Deserialize)]
    struct Row {
        block: String,
    }

    fn table() -> Table {
        serde_json::from_str(include_str!("../../../../tests/vectors/special-addresses.json")).unwrap()
    }

    fn blocks() -> Vec<IpNet> {
        table().blocks.iter().map(|row| row.block.parse().unwrap()).collect()
    }

    #[test]
    fn no_address_of_a_row_is_public_and_neither_its_first_nor_its_last() {
        for block in blocks() {
            for address in [block.network(), block.broadcast()] {
                assert!(!is_public(address), "{address} of {block}");
                for carried in carrying(address) {
                    assert!(!is_public(carried.parse().unwrap()), "{carried} of {block}");
                }
            }
        }
    }

    /// An IPv4 address, seen from IPv6.
    fn carrying(address: IpAddr) -> Vec<String> {
        let IpAddr::V4(address) = address else { return Vec::new() };
        let [a, b, c, d] = address.octets();
        vec![
            format!("::ffff:{address}"),
            format!("64:ff9b::{address}"),
            format!("::{address}"),
            format!("2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1"),
            format!("2a00:1450::5efe:{address}"),
            format!("2a00:1450::200:5efe:{address}"),
        ]
    }

    #[test]
    fn the_rows_of_the_code_are_those_of_the_table() {
        let own = V4.into_iter().map(IpNet::V4).chain(V6.into_iter().map(IpNet::V6));
        assert_eq!(own.collect::<Vec<_>>(), blocks());
    }

    #[test]
    fn what_nobody_has_been_given_is_not_public() {
        for address in table().not_public {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn what_lies_just_outside_a_row_is_public() {
        for address in table().public {
            assert!(is_public(address), "{address}");
        }
    }
}
