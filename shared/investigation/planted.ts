import type { Call } from '../detection/call';
import { at, list, text } from '../detection/fields';
import { resourceDocument, roleDocument, statementDigests, TRUST } from '../fleet/documents';
import type { Planted } from '../incident/incident';
import { roleNameOf } from '../suspect/functionArn';
import type { Evidence, Recorded } from './evidenceOf';
import type { Hypothesis } from './hypotheses';
import { principalOf } from './who';

/** Where one call put what: statements of a document, a policy as a whole (no statements), or layers. */
type Put = {
  readonly what: string;
  readonly statements: readonly string[];
  readonly layers: readonly string[];
};

const put = (what: string, document: string | null): Put => ({
  what,
  statements: document === null ? [] : statementDigests(document),
  layers: [],
});

/** As the API references of IAM and Lambda name the parameters; CloudTrail writes them with a small first letter. */
const putBy = (call: Call, roleName: string): Put | null => {
  const of = (name: string): string | null => text(call.request, name);
  if (call.service === 'iam' && of('roleName') === roleName)
    switch (call.name) {
      case 'PutRolePolicy':
        return put(roleDocument(of('policyName') ?? ''), of('policyDocument'));
      case 'AttachRolePolicy':
        return put(roleDocument(of('policyArn') ?? ''), null);
      case 'UpdateAssumeRolePolicy':
        return put(TRUST, of('policyDocument'));
      case 'CreateRole':
        return put(TRUST, of('assumeRolePolicyDocument'));
      default:
        return null;
    }
  if (call.service !== 'lambda') return null;
  if (call.name === 'AddPermission') {
    const statement = text(call.response, 'statement');
    return statement === null ? null : put(resourceDocument(of('qualifier')), `{"Statement":[${statement}]}`);
  }
  if (call.name !== 'UpdateFunctionConfiguration' && call.name !== 'CreateFunction') return null;
  const layers = list(at(call.request, 'layers')).filter((layer) => typeof layer === 'string');
  return layers.length === 0 ? null : { what: 'layers', statements: [], layers };
};

/** With which every execution role is made: nobody added it. */
const LAMBDA_TRUST = statementDigests(
  '{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
);

const DAY_MS = 24 * 3_600_000;
/** A record is no place for hundreds. */
const MOST = 50;

const beginOf = ({ firstSign }: Evidence, top: Hypothesis): string => {
  const day = new Date(Date.parse(firstSign) - DAY_MS).toISOString();
  const started = top.startedAt?.at ?? day;
  return started < day ? started : day;
};

/** Who made the function or its role, or deployed it before all that: what they add is no intrusion that can be told. */
const ownersIn = (calls: readonly Recorded[], begun: string): readonly (string | null)[] =>
  calls
    .filter(
      ({ at: when, call }) =>
        /^Create(?:Function|Role)$/.test(call.name) || (call.name === 'UpdateFunctionCode' && when < begun),
    )
    .map(({ call }) => principalOf(call));

/**
 * What CloudTrail shows the intruder to have added to the function and its role: whom the likeliest cause names, and the
 * role itself, since it began, or a day before the first sign. What stood there before in a call that is recorded is not
 * among it, nor what its owners did: a stolen pipeline cannot be told from itself here. Empty for a false alarm.
 */
export const plantedIn = (evidence: Evidence, top: Hypothesis | undefined): readonly Planted[] => {
  if (top === undefined || top.cause === 'false-positive' || evidence.management === null) return [];
  const roleName = roleNameOf(evidence.roleArn);
  const begun = beginOf(evidence, top);
  const done = evidence.management.filter(({ call }) => call.error === null);
  const owners = ownersIn(done, begun);
  const named = top.principal?.arn ?? '';
  const intruders = [evidence.roleArn, ...(owners.includes(named) ? [] : [named])].filter(
    (arn) => arn !== '',
  );
  const known = new Set<string>(LAMBDA_TRUST);
  const planted: Planted[] = [];
  const isTheirs = ({ at: when, call }: Recorded): boolean =>
    when >= begun && intruders.includes(principalOf(call) ?? '');
  for (const one of done) {
    const found = putBy(one.call, roleName);
    if (found === null) continue;
    const statements = found.statements.filter((digest) => !known.has(digest));
    const layers = found.layers.filter((layer) => !known.has(layer));
    if (!isTheirs(one)) {
      for (const seen of [...statements, ...layers]) known.add(seen);
      continue;
    }
    const about = { by: principalOf(one.call) ?? '', at: one.at };
    for (const layer of layers) planted.push({ what: `layer ${layer}`, statements: [], ...about });
    if (found.what === 'layers') continue;
    if (statements.length > 0 || found.statements.length === 0)
      planted.push({ what: found.what, statements, ...about });
  }
  return planted.slice(-MOST);
};
