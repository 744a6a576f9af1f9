import { at, field, isTrue, list, numberOf, text, type Value } from '../detection/fields';
import { type ParsedEvent, type ParsedFinding, unparseable } from './finding';
import { isoOr } from './isoTime';
import { aboutOf, namedIn, namesNothing } from './named';
import { oneLine } from './oneLine';
import { principalOfActor, principalOfKey, roleOfArn, sessionOf } from './principal';
import { boundOf, eachOf, guardDutyType, idOf, isGuardDuty, leftOut, SEVERITIES } from './securityHub';

/*
 * Findings of Security Hub's first version (CSPM), in the AWS Security Finding Format. Fields: Security Hub user guide,
 * "Required ASFF attributes" and "Optional ASFF attributes". No version of the schema is asked for: the fields decide.
 */

/** What the source itself said, kept by Security Hub as texts under names that have slashes. */
const productField = (finding: Value, name: string): Value => field(field(finding, 'ProductFields'), name);

/** In GuardDuty's scale; null where it is neither high nor critical. The label is what Security Hub shows and filters by. */
const severityOf = (finding: Value): number | null => {
  const label = text(finding, 'Severity.Label', 'FindingProviderFields.Severity.Label')?.toLowerCase();
  const normalized = numberOf(at(finding, 'Severity.Normalized')) ?? 0;
  if (label === undefined) return normalized >= 70 && normalized <= 100 ? normalized / 10 : null;
  if (label !== 'high' && label !== 'critical') return null;
  return Math.max(SEVERITIES[label], Math.min(normalized, 100) / 10);
};

const whyLeftOut = (finding: Value): string | null => {
  // Security Hub sets both when a finding is imported without.
  if ((text(finding, 'RecordState') ?? 'ACTIVE') !== 'ACTIVE') return 'its record is not active';
  if ((text(finding, 'Workflow.Status', 'WorkflowState') ?? 'NEW') !== 'NEW')
    return 'it is not new: it is known, suppressed or resolved';
  if (text(finding, 'Compliance.Status') === 'PASSED') return 'the check has passed';
  return severityOf(finding) === null ? 'it is neither high nor critical' : null;
};

const namedBy = (finding: Value) => {
  const accountId = text(finding, 'AwsAccountId');
  const resources = list(at(finding, 'Resources'));
  return namedIn(
    resources.map((resource) => text(resource, 'Id')),
    [
      ...resources.map((resource) =>
        sessionOf(principalOfKey(at(resource, 'Details.AwsIamAccessKey'), accountId)),
      ),
      ...resources.map((resource) => {
        const role = roleOfArn(text(resource, 'Id'));
        return role === null ? null : { ...role, session: null };
      }),
      ...list(at(finding, 'Detection.Sequence.Actors')).map((actor) =>
        sessionOf(principalOfActor(actor, accountId)),
      ),
    ],
  );
};

const ruleOf = (finding: Value, productArn: string | null): string => {
  const types = at(finding, 'Types') ?? at(finding, 'FindingProviderFields.Types');
  const known = isGuardDuty(productArn) ? guardDutyType(types) : null;
  const [first] = list(types);
  return (
    known ??
    oneLine(
      text(finding, 'Compliance.SecurityControlId', 'ProductFields.ControlId') ??
        (typeof first === 'string' ? first : text(finding, 'GeneratorId')),
      256,
    )
  );
};

/** Parses one finding in ASFF. `receivedAt` stands in for times that it does not give. */
export const parseAsff = (finding: Value, receivedAt: string): ParsedFinding => {
  const left = whyLeftOut(finding);
  if (left !== null) return leftOut(left);
  const named = namedBy(finding);
  if (namesNothing(named)) return leftOut('it names no Lambda function, and no role that one could have');
  const productArn = text(finding, 'ProductArn');
  const id = idOf(productArn, text(finding, 'Id') ?? '');
  if (id === null)
    return unparseable('the Security Hub finding cannot be read: Id and ProductArn do not say whose it is');
  const about = aboutOf(named);
  const rule = ruleOf(finding, productArn);
  const firstSeen = isoOr(text(finding, 'FirstObservedAt', 'CreatedAt'), receivedAt);
  const bound = boundOf(productArn, rule, about);
  const count = numberOf(productField(finding, 'aws/guardduty/service/count'));
  return {
    kind: 'finding',
    finding: {
      id,
      source: isGuardDuty(productArn) ? 'guardduty' : 'security-hub',
      route: 'security-hub',
      hub: { version: 1, id: text(finding, 'Id') ?? '', productArn: productArn ?? '' },
      rule: rule || 'SecurityHub',
      title: oneLine(text(finding, 'Title'), 512) || rule,
      description: oneLine(text(finding, 'Description'), 2048),
      severity: severityOf(finding) ?? 0,
      ...about,
      firstSeen,
      lastSeen: isoOr(text(finding, 'LastObservedAt', 'UpdatedAt'), firstSeen),
      count: count ?? 1,
      sample:
        isTrue(at(finding, 'Sample')) ||
        isTrue(productField(finding, 'aws/guardduty/service/additionalInfo/sample')),
      archived: isTrue(productField(finding, 'aws/guardduty/service/archived')),
      ...(bound === undefined ? {} : { bound }),
    },
  };
};

/** Parses the `detail` of a `Security Hub Findings - Imported` event. */
export const parseSecurityHub = (detail: Value, receivedAt: string): ParsedEvent =>
  eachOf(detail, (finding) => parseAsff(finding, receivedAt));
