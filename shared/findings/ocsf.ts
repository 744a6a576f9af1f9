import { at, list, numberOf, text, type Value } from '../detection/fields';
import { type ParsedEvent, type ParsedFinding, unparseable } from './finding';
import { isoOr } from './isoTime';
import { aboutOf, namedIn, namesNothing } from './named';
import { oneLine } from './oneLine';
import { principalOfActor, principalOfKey, roleOfArn, sessionOf } from './principal';
import { boundOf, eachOf, guardDutyType, idOf, isGuardDuty, leftOut, SEVERITIES } from './securityHub';

/*
 * Findings of Security Hub's second version, in the Open Cybersecurity Schema Framework: Security Hub user guide, "OCSF
 * findings"; schema.ocsf.io, classes 2002 to 2007. Recorded ones say 1.0.0 and 1.6.0; no version is asked for: the
 * fields decide. Types of resources are spelled in two ways (`AwsEc2Instance`, `AWS::EC2::Instance`): ARNs decide.
 */

/** `severity_id` and `severity`, as OCSF pairs them; what is below high is left out. */
const severityOf = (finding: Value): number | null => {
  const id = numberOf(at(finding, 'severity_id'));
  const label = text(finding, 'severity')?.toLowerCase();
  if (id === 6 || label === 'fatal') return SEVERITIES.fatal;
  if (id === 5 || label === 'critical') return SEVERITIES.critical;
  return id === 4 || label === 'high' ? SEVERITIES.high : null;
};

/** `activity_id` 3 is Close, `status_id` 1 New, `compliance.status_id` 1 Pass. */
const whyLeftOut = (finding: Value): string | null => {
  if (numberOf(at(finding, 'activity_id')) === 3) return 'it is closed';
  const status = numberOf(at(finding, 'status_id'));
  if (status === null ? (text(finding, 'status') ?? 'New') !== 'New' : status !== 1)
    return 'it is not new: it is known, suppressed or resolved';
  if (numberOf(at(finding, 'compliance.status_id')) === 1) return 'the check has passed';
  return severityOf(finding) === null ? 'it is neither high nor critical' : null;
};

const namedBy = (finding: Value) => {
  const accountId = text(finding, 'cloud.account.uid');
  const resources = list(at(finding, 'resources'));
  return namedIn(
    resources.map((resource) => text(resource, 'uid')),
    [
      ...resources.map((resource) => {
        const role = roleOfArn(text(resource, 'uid'));
        return role === null ? null : { ...role, session: null };
      }),
      ...resources.map((resource) =>
        sessionOf(principalOfKey(at(resource, 'data'), text(resource, 'owner.account.uid') ?? accountId)),
      ),
      ...list(at(finding, 'evidences')).map((evidence) =>
        sessionOf(principalOfActor(at(evidence, 'actor'), accountId)),
      ),
    ],
  );
};

const ruleOf = (finding: Value, productArn: string | null): string => {
  const types = at(finding, 'finding_info.types');
  const known = isGuardDuty(productArn) ? guardDutyType(types) : null;
  const [first] = list(types);
  return (
    known ??
    oneLine(
      text(finding, 'compliance.control') ??
        (typeof first === 'string' ? first : text(finding, 'class_name')),
      256,
    )
  );
};

/** The first of some times, each in milliseconds or, beside it, as text (`…_dt`). */
const timeOf = (finding: Value, ...names: readonly string[]): Value => {
  for (const name of names) {
    const time = at(finding, `finding_info.${name}`) ?? at(finding, `finding_info.${name}_dt`);
    if (time !== undefined && time !== null) return time;
  }
  return undefined;
};

/** Parses one finding in OCSF. `receivedAt` stands in for times that it does not give. */
export const parseOcsf = (finding: Value, receivedAt: string): ParsedFinding => {
  const left = whyLeftOut(finding);
  if (left !== null) return leftOut(left);
  const named = namedBy(finding);
  if (namesNothing(named)) return leftOut('it names no Lambda function, and no role that one could have');
  const productArn = text(finding, 'metadata.product.uid');
  const id = idOf(productArn, text(finding, 'finding_info.uid') ?? '');
  if (id === null)
    return unparseable(
      'the Security Hub finding cannot be read: finding_info.uid and metadata.product.uid do not say whose it is',
    );
  const about = aboutOf(named);
  const rule = ruleOf(finding, productArn);
  const firstSeen = isoOr(timeOf(finding, 'first_seen_time', 'created_time'), receivedAt);
  const bound = boundOf(productArn, rule, about);
  const title = oneLine(text(finding, 'finding_info.title'), 512);
  const accountId = text(finding, 'cloud.account.uid');
  return {
    kind: 'finding',
    finding: {
      id,
      source: isGuardDuty(productArn) ? 'guardduty' : 'security-hub',
      route: 'security-hub-v2',
      ...(accountId === null
        ? {}
        : {
            hub: {
              version: 2 as const,
              accountId,
              id: text(finding, 'finding_info.uid') ?? '',
              product: productArn ?? '',
            },
          }),
      rule: rule || 'SecurityHub',
      title: title || rule,
      description: oneLine(text(finding, 'finding_info.desc'), 2048),
      severity: severityOf(finding) ?? 0,
      ...about,
      firstSeen,
      lastSeen: isoOr(timeOf(finding, 'last_seen_time', 'modified_time'), firstSeen),
      count: numberOf(at(finding, 'count')) ?? 1,
      // OCSF has no field for it; what the title of a finding begins with is GuardDuty's own.
      sample: isGuardDuty(productArn) && /^\[sample/i.test(title),
      archived: false,
      ...(bound === undefined ? {} : { bound }),
    },
  };
};

/** Parses the `detail` of a `Findings Imported V2` event. */
export const parseSecurityHubV2 = (detail: Value, receivedAt: string): ParsedEvent =>
  eachOf(detail, (finding) => parseOcsf(finding, receivedAt));
