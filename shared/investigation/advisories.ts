import * as z from 'zod';
import { oneLine } from '../findings/oneLine';

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  fixedInVersion: z.string().optional().catch(undefined),
});

/** What is used of `code/advisories.json`: Inspector's own answers (API reference, Finding and CoveredResource). */
const advisoriesSchema = z.object({
  coverage: z.array(
    z.object({
      scanType: z.string().catch(''),
      scanStatus: z.object({ statusCode: z.string(), reason: z.string().catch('') }).optional(),
      lastScannedAt: z.string().optional().catch(undefined),
    }),
  ),
  findings: z.array(
    z.object({
      severity: z.string(),
      inspectorScore: z.number().optional().catch(undefined),
      exploitAvailable: z.string().optional().catch(undefined),
      packageVulnerabilityDetails: z
        .object({ vulnerabilityId: z.string(), vulnerablePackages: z.array(packageSchema).catch([]) })
        .optional(),
    }),
  ),
});

const MOST_SAID = 5;

/** Names and versions are the package's own word. */
const plain = (text: string): string => oneLine(text, 100).replaceAll(/[^\w+=,.@:/ -]/g, '?');

/**
 * What Inspector says of the function, in sentences that are Inspector's claim and not ours. Where it does not scan the
 * function that is what is said: no finding then means nothing.
 */
export const sayAdvisories = (text: string): readonly string[] => {
  const { coverage, findings } = advisoriesSchema.parse(JSON.parse(text));
  const packages = coverage.filter(({ scanType }) => scanType === 'PACKAGE');
  const scanned = packages.find(({ scanStatus }) => scanStatus?.statusCode === 'ACTIVE');
  const [reason] = packages.flatMap(({ scanStatus }) => scanStatus?.reason ?? []);
  const worst = findings.toSorted((a, b) => (b.inspectorScore ?? 0) - (a.inspectorScore ?? 0));
  return [
    ...worst.slice(0, MOST_SAID).map(({ severity, inspectorScore, exploitAvailable, ...finding }) => {
      const { vulnerabilityId = 'a vulnerability', vulnerablePackages = [] } =
        finding.packageVulnerabilityDetails ?? {};
      const where = vulnerablePackages
        .slice(0, 3)
        .map(({ name, version, fixedInVersion }) =>
          plain(`${name} ${version}${fixedInVersion === undefined ? '' : `, fixed in ${fixedInVersion}`}`),
        );
      return `Inspector says: ${plain(vulnerabilityId)} (${plain(severity)}${inspectorScore === undefined ? '' : ` ${inspectorScore}`}) in ${where.join('; ') || 'a package that it does not name'}${exploitAvailable === 'YES' ? '; an exploit is known' : ''} [code/advisories.json]`;
    }),
    ...(worst.length > MOST_SAID
      ? [`Inspector says: ${worst.length - MOST_SAID} more vulnerabilities [code/advisories.json]`]
      : []),
    ...(scanned === undefined
      ? [
          `Inspector does not scan this function${reason === undefined || reason === '' ? '' : ` (${plain(reason)})`}: no finding of it means nothing [code/advisories.json]`,
        ]
      : []),
    ...(scanned !== undefined && worst.length === 0
      ? [
          `Inspector knows of no vulnerable package in it${scanned.lastScannedAt === undefined ? '' : `, last scanned at ${plain(scanned.lastScannedAt)}`} [code/advisories.json]`,
        ]
      : []),
  ];
};
