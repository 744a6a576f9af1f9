import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import type { LedgerRecord } from '../../containment/ledger';
import { EVENT_SOURCES, mappingIdsIn } from '../../containment/mappings';
import { orNone } from '../../fleet/readDocuments';
import type { Incident } from '../../incident/incident';
import { parseFunctionArn } from '../../suspect/functionArn';
import { aliasedCodes, codesOf, GONE, liveCode } from '../../suspect/liveCode';
import { code, type Started } from '../checks/code';

const isVersion = (qualifier: string | null): qualifier is string =>
  qualifier !== null && /^\d+$/.test(qualifier);

const qualified = z.array(z.object({ qualifier: z.nullable(z.string()) }));
const doors = z.object({ removed: qualified });
const provisioned = z.object({ configurations: qualified });

/** The numbered versions that a ledger names: whose doors are opened again, or that are provisioned again. */
const versionsIn = ({ control, before }: LedgerRecord): readonly string[] => {
  const found =
    control === 'resource-policy'
      ? doors.safeParse(before).data?.removed
      : control === 'provisioned'
        ? provisioned.safeParse(before).data?.configurations
        : [];
  return (found ?? []).map(({ qualifier }) => qualifier).filter(isVersion);
};

/** The numbered versions that event sources feed which a release switches on again, as the mappings name them now. */
const versionsFed = async (
  ledgers: readonly LedgerRecord[],
  lambda: LambdaClient,
): Promise<readonly string[]> => {
  const ids = ledgers.flatMap(({ control, before }) =>
    control === EVENT_SOURCES ? mappingIdsIn(before) : [],
  );
  const found: string[] = [];
  for (const UUID of ids) {
    const mapping = await orNone(() => lambda.send(new GetEventSourceMappingCommand({ UUID })));
    const qualifier = parseFunctionArn(mapping?.FunctionArn ?? '')?.qualifier ?? null;
    if (isVersion(qualifier)) found.push(qualifier);
  }
  return found;
};

type Suspect = Pick<Incident, 'functionArn' | 'qualifier' | 'containedDigest'>;

/** What runs, or would once it is released. Without ledgers: of what the release itself puts back nothing is looked at. */
export const started = async (
  { functionArn, qualifier, containedDigest = '' }: Suspect,
  ledgers: readonly LedgerRecord[],
  lambda: LambdaClient,
): Promise<Started> => {
  const arn = functionArn ?? '';
  const [live, { $LATEST: latest }, aliased] = await Promise.all([
    liveCode({ arn, qualifier }, containedDigest, lambda),
    codesOf(arn, ['$LATEST'], lambda),
    // Of a function that was deleted there are none.
    orNone(() => aliasedCodes(arn, lambda)),
  ]);
  const again = [...ledgers.flatMap(versionsIn), ...(await versionsFed(ledgers, lambda))];
  return {
    judged: live.codeSha256,
    latest: latest ?? null,
    aliased: aliased ?? {},
    again: await codesOf(arn, [...new Set(again)], lambda),
  };
};

/** Why code that was contained in this incident runs again, or would; null where it does not, or there is no function. */
export const containedAgain = async (
  incident: Suspect & Pick<Incident, 'containedDigests'>,
  lambda: LambdaClient,
): Promise<string | null> => {
  const live = await started(incident, [], lambda);
  if (live.judged === GONE.codeSha256) return null;
  const { outcome, because } = code(incident, live);
  return outcome === 'failed' ? because : null;
};
