//! Resources as a linker takes them: Microsoft's as a `.res` file, that of mingw as an object file with a tree of
//! directories (kind, name, language) over the same bytes.

/// A kind of resource by its number, and its bytes.
type Resource = (u16, Vec<u8>);

/// `RT_VERSION`.
pub const VERSION: u16 = 16;
/// `RT_MANIFEST`.
pub const MANIFEST: u16 = 24;
/// All are number 1 of their kind, in US English.
const NUMBER: u16 = 1;
const LANGUAGE: u16 = 0x0409;

/// A `.res` file: an empty entry, then each resource behind a header of 32 bytes.
pub fn res(resources: &[Resource]) -> Vec<u8> {
    let mut file = Vec::new();
    entry(&mut file, 0, 0, 0, &[]);
    for (kind, bytes) in resources {
        entry(&mut file, *kind, NUMBER, LANGUAGE, bytes);
    }
    file
}

fn entry(file: &mut Vec<u8>, kind: u16, number: u16, language: u16, bytes: &[u8]) {
    put_32(file, &[bytes.len() as u32, 32]);
    // A number stands in the place of a name, marked by ffff.
    put_16(file, &[0xffff, kind, 0xffff, number]);
    put_32(file, &[0]);
    put_16(file, &[0, language]);
    put_32(file, &[0, 0]);
    file.extend(bytes);
    file.resize(file.len().next_multiple_of(4), 0);
}

/// An object file with one section; `None` for a processor that is not known here. The resources are in the order of
/// their kinds.
pub fn coff(arch: &str, resources: &[Resource]) -> Option<Vec<u8>> {
    // The processor, and the relocation that gives a place in the program counted from its beginning.
    let (machine, relative) = match arch {
        "x86_64" => (0x8664, 3),
        "x86" => (0x14c, 7),
        "aarch64" => (0xaa64, 2),
        _ => return None,
    };
    let (section, places) = section(resources);
    let mut file = Vec::new();
    let relocations = 20 + 40 + section.len() as u32;
    let symbols = relocations + places.len() as u32 * 10;
    put_16(&mut file, &[machine, 1]);
    put_32(&mut file, &[0, symbols, 1]);
    put_16(&mut file, &[0, 0]);
    file.extend(b".rsrc\0\0\0");
    put_32(&mut file, &[0, 0, section.len() as u32, 60, relocations, 0]);
    put_16(&mut file, &[places.len() as u16, 0]);
    // Initialised data that can be read.
    put_32(&mut file, &[0x4000_0040]);
    file.extend(section);
    for place in places {
        put_32(&mut file, &[place, 0]);
        put_16(&mut file, &[relative]);
    }
    // The one symbol is the section itself; there are no long names.
    file.extend(b".rsrc\0\0\0");
    put_32(&mut file, &[0]);
    put_16(&mut file, &[1, 0]);
    file.extend([3, 0]);
    put_32(&mut file, &[4]);
    Some(file)
}

/// The tree and the bytes, and where in it the places of the bytes stand.
fn section(resources: &[Resource]) -> (Vec<u8>, Vec<u32>) {
    const DIRECTORY: usize = 16;
    const POINTER: usize = 8;
    const LEAF: usize = 16;
    /// Marks a pointer to a directory.
    const DOWN: u32 = 1 << 31;
    let count = resources.len();
    let first_kind = DIRECTORY + count * POINTER;
    // Each kind has a directory of one number, which has a directory of one language, which has a leaf.
    let each = 2 * (DIRECTORY + POINTER) + LEAF;
    let first_bytes = first_kind + count * each;
    let mut tree = Vec::new();
    let directory = |tree: &mut Vec<u8>, entries: usize| {
        put_32(tree, &[0, 0, 0]);
        put_16(tree, &[0, entries as u16]);
    };
    directory(&mut tree, count);
    for (index, (kind, _)) in resources.iter().enumerate() {
        put_32(&mut tree, &[u32::from(*kind), (first_kind + index * each) as u32 | DOWN]);
    }
    let (mut bytes, mut places) = (Vec::<u8>::new(), Vec::new());
    for (_, resource) in resources {
        directory(&mut tree, 1);
        let language = tree.len() + POINTER;
        put_32(&mut tree, &[u32::from(NUMBER), language as u32 | DOWN]);
        directory(&mut tree, 1);
        let leaf = tree.len() + POINTER;
        put_32(&mut tree, &[u32::from(LANGUAGE), leaf as u32]);
        places.push(leaf as u32);
        put_32(&mut tree, &[(first_bytes + bytes.len()) as u32, resource.len() as u32, 0, 0]);
        bytes.extend(resource);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    tree.extend(bytes);
    (tree, places)
}

fn put_16(to: &mut Vec<u8>, numbers: &[u16]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put_32(to: &mut Vec<u8>, numbers: &[u32]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}
