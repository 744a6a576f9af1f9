import { signsIn } from './signs';

/** What makes a file of a package worth a look. Each is a reason to read it, not a proof. */
export type Mark = {
  readonly id: 'sign' | 'binary' | 'packed' | 'fetches-and-runs' | 'takes-environment';
  /** As a clause: "it …". */
  readonly what: string;
  /** MITRE ATT&CK technique. */
  readonly technique: string;
};

/** The first bytes of programs: the ELF, PE/COFF and Mach-O specifications. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['7f454c46', 'an ELF program'],
  ['4d5a', 'a Windows program (PE)'],
  ['feedface', 'a Mach-O program'],
  ['feedfacf', 'a Mach-O program'],
  ['cefaedfe', 'a Mach-O program'],
  ['cffaedfe', 'a Mach-O program'],
];

const SCRIPT = /\.(?:[cm]?[jt]sx?|py|rb|php|sh|pl|lua)$/i;

/* Linear, without nested quantifiers: the text is the attacker's. */
const DECODES_AND_RUNS =
  /\b(?:eval|exec|Function|execSync|runInThisContext|runInNewContext|loadstring)\s{0,3}\(\s{0,3}(?:atob|unescape|Buffer\.from|String\.fromCharCode|base64|zlib|codecs|marshal|bytes\.fromhex|__import__|compile\()/;
/* What stands behind a word in its line is taken once and looked at by itself: so a text of such words alone is linear. */
/** Nearby: a large bundle has both somewhere, honestly. */
const RUNS = /\b(?:eval|new Function|exec)\s{0,3}\([^\n]{0,200}/g;
const DECODES = /\batob\(|\bb64decode\(|\bfromCharCode\(|['"](?:base64|hex)['"]\s{0,3}\)/;
const RENAMED = /\b_0x[0-9a-f]{3,8}\b/g;
const FETCHES = /\b(?:curl|wget)\b[^\n]{0,400}/g;
const THEN_RUNS = /\|\s{0,3}(?:ba|z|da)?sh\b|\bchmod \+?[0-7x]{1,4}/;
const TAKES_ENVIRONMENT =
  /JSON\.stringify\(\s{0,3}process\.env\s{0,3}[,)]|json\.dumps\(\s{0,3}dict\(\s{0,3}os\.environ|Object\.entries\(\s{0,3}process\.env\s{0,3}\)/;

const LONG_LINE = 2000;
/** Bits a byte: base64 of random bytes has almost 6, minified JavaScript between 5 and 5.4. */
const HIGH_ENTROPY = 5.7;
const RENAMED_LEAST = 12;

/** Shannon entropy of a text's bytes, in bits a byte. */
export const entropyOf = (text: string): number => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Whether a word is followed, in its line, by another. */
const isFollowed = (text: string, word: RegExp, by: RegExp): boolean => {
  for (const [found] of text.matchAll(word)) if (by.test(found)) return true;
  return false;
};

const packedBy = (text: string): string | null => {
  if (DECODES_AND_RUNS.test(text) || isFollowed(text, RUNS, DECODES)) return 'decodes a text and runs it';
  if ((text.match(RENAMED) ?? []).length >= RENAMED_LEAST)
    return 'has names that only an obfuscator gives (_0x…)';
  for (const line of text.split('\n'))
    if (line.length > LONG_LINE && entropyOf(line.slice(0, 65_536)) > HIGH_ENTROPY)
      return `has a line of ${line.length} characters that reads like packed data`;
  return null;
};

/** The marks of one file, from its name and its first bytes. */
export const marksOf = (path: string, head: Buffer): readonly Mark[] => {
  const marks: Mark[] = [];
  const magic = MAGIC.find(([bytes]) => head.subarray(0, bytes.length / 2).toString('hex') === bytes);
  if (magic !== undefined) marks.push({ id: 'binary', what: `is ${magic[1]}`, technique: 'T1027.009' });
  const text = head.toString('latin1');
  for (const { title, technique } of signsIn(text))
    marks.push({ id: 'sign', what: `bears ${title}`, technique });
  if (!SCRIPT.test(path)) return marks;
  const packed = packedBy(text);
  if (packed !== null) marks.push({ id: 'packed', what: packed, technique: 'T1027' });
  if (isFollowed(text, FETCHES, THEN_RUNS))
    marks.push({ id: 'fetches-and-runs', what: 'fetches a program and runs it', technique: 'T1105' });
  if (TAKES_ENVIRONMENT.test(text))
    marks.push({ id: 'takes-environment', what: 'takes the whole environment', technique: 'T1552' });
  return marks;
};
