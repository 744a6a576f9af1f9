/** How many bytes of a text are hashed: what is looked for is at least as long. */
const WINDOW = 10;
const BASE = 16_777_619;
const BITS = 20;

/** The factor of the byte that leaves the window. */
const LEAVING = Array.from({ length: WINDOW - 1 }).reduce<number>((product) => Math.imul(product, BASE), 1);

const slot = (hash: number): number => (hash ^ (hash >>> BITS)) & ((1 << BITS) - 1);

const hashOf = (bytes: Buffer): number => {
  let hash = 0;
  for (let index = 0; index < WINDOW; index += 1) hash = (Math.imul(hash, BASE) + (bytes[index] ?? 0)) | 0;
  return hash;
};

/** Too short to be looked for. */
export class TooShort extends Error {
  override readonly name = 'TooShort';
}

/**
 * Which of many texts are in some bytes, by the keys they are given under. One pass, however many they are (Karp and
 * Rabin 1987): a search of its own for each of thousands would take minutes.
 */
export const finderOf = <Key>(
  texts: Iterable<readonly [text: string, key: Key]>,
): ((bytes: Buffer) => ReadonlySet<Key>) => {
  const known = new Map<number, { readonly text: Buffer; readonly key: Key }[]>();
  const maybe = new Uint8Array(1 << BITS);
  for (const [text, key] of texts) {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length < WINDOW) throw new TooShort(`what is looked for has at least ${WINDOW} bytes`);
    const hash = hashOf(bytes);
    known.set(hash, [...(known.get(hash) ?? []), { text: bytes, key }]);
    maybe[slot(hash)] = 1;
  }
  return (bytes) => {
    const found = new Set<Key>();
    let hash = hashOf(bytes);
    for (let at = 0; at + WINDOW <= bytes.length; at += 1) {
      if (maybe[slot(hash)] === 1)
        for (const { text, key } of known.get(hash) ?? [])
          if (bytes.subarray(at, at + text.length).equals(text)) found.add(key);
      const left = hash - Math.imul(bytes[at] ?? 0, LEAVING);
      hash = (Math.imul(left, BASE) + (bytes[at + WINDOW] ?? 0)) | 0;
    }
    return found;
  };
};
