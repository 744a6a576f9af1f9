import { bold, dim, green, red, tame } from '../../local/print';
import type { Note } from '../../shared/evidence/bundle';
import { isPiece } from '../../shared/evidence/manifest';
import { isSignedBy, publicKeyOf } from '../../shared/evidence/signature';
import type { Verdict } from '../../shared/evidence/verify';
import type { Link } from './chain';
import { amount } from './progress';

/** Longest text of others on a line. */
const shown = (text: string): string => {
  const plain = tame(text);
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
};

const notesOf = (notes: readonly Note[]): readonly string[] =>
  notes.map(
    ({ key, versionId, note }) =>
      `Note: ${shown(key)} (version ${shown(versionId ?? 'none')}): ${shown(note)}`,
  );

const isSigned = ({ bytes, signature, manifest }: Link): boolean => {
  const key = publicKeyOf(manifest.signer.publicKey);
  return key !== null && isSignedBy(key, bytes, signature);
};

/** What `evidence list` prints: every manifest with what it names, and what the bucket shows beside. */
export const listPage = (incident: string, chain: readonly Link[], notes: readonly Note[]): string => {
  const parts = chain.flatMap((link) => {
    const { manifest, ref } = link;
    return [
      '',
      bold(`Manifest ${manifest.number}: ${manifest.kind}, sealed ${manifest.sealedAt}`),
      dim(`  sha256 ${ref.sha256}`),
      dim(`  by ${shown(manifest.by)}`),
      isSigned(link)
        ? dim(`  signed by ${manifest.signer.fingerprint}`)
        : red('  its signature does not fit'),
      ...manifest.entries.map((entry) =>
        isPiece(entry)
          ? `  ${shown(entry.artifact).padEnd(32)} ${amount(entry.size).padStart(9)}  ${entry.sha256.slice(0, 16)}…  locked until ${entry.lockedUntil.slice(0, 10)} (${entry.lockMode.toLowerCase()})${entry.completeness === 'complete' ? '' : `  ${shown(entry.completeness)}`}`
          : `  MISSING ${shown(entry.collector)}: ${shown(entry.missing)}`,
      ),
    ];
  });
  return [
    bold(`Evidence of ${shown(incident)}: ${chain.length} ${chain.length === 1 ? 'manifest' : 'manifests'}`),
    ...parts,
    ...(notes.length === 0 ? [] : ['', ...notesOf(notes)]),
  ].join('\n');
};

/** 0 intact and signed by a trusted key, 1 defective, 3 intact and the signer unknown. */
export const exitCodeOf = ({ defects, trusted }: Verdict): 0 | 1 | 3 => {
  if (defects.length > 0) return 1;
  return trusted ? 0 : 3;
};

/** What `evidence verify` prints: every defect, then the sum of it. */
export const verdictPage = (verdict: Verdict): string => {
  const { incident, defects, notes, signers, manifests, artifacts, missing, bytes, head } = verdict;
  const code = exitCodeOf(verdict);
  const signed = signers.map((signer) => shown(signer)).join(', ') || 'nobody';
  const facts = [
    `${shown(incident ?? 'an unknown incident')}: ${manifests} manifests, ${artifacts} artifacts, ${amount(bytes)}`,
    ...(head === null ? [] : [`Newest manifest: ${head.number}, sha256 ${head.sha256}`]),
    `Signed by ${signed}`,
    ...missing.map((line) => `Not gathered, as the manifest says: ${shown(line)}`),
    ...notesOf(notes),
  ];
  const sum = {
    0: green('INTACT, and signed by a trusted key'),
    1: red(`DEFECTIVE: ${defects.length} ${defects.length === 1 ? 'defect' : 'defects'}`),
    3: bold(
      "INTACT, but the signer is unknown here: compare its fingerprint with the deployment's, then give --trust <fingerprint>",
    ),
  }[code];
  return [
    ...defects.map(({ what, path, text }) => `${red(what.toUpperCase())} ${shown(path)}: ${shown(text)}`),
    ...(defects.length === 0 ? [] : ['']),
    ...facts,
    sum,
  ].join('\n');
};
