import * as z from 'zod/mini';
import { MODES } from '../policy/mode';
import { parseFunctionArn } from '../suspect/functionArn';
import { type ParsedEvent, unparseable } from './finding';
import { firstIssue } from './issue';

/** The `source` and `detail-type` of findings on the service's own bus, which only our own roles may write to. */
export const SERVICE_SOURCE = 'tourniquet';
export const SERVICE_DETAIL_TYPE = 'Tourniquet Finding';

const detailSchema = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(256)),
  rule: z.string().check(z.minLength(1), z.maxLength(256)),
  title: z.string().check(z.minLength(1), z.maxLength(2048)),
  description: z._default(z.string().check(z.maxLength(8192)), ''),
  severity: z.number().check(z.gte(0), z.lte(10)),
  functionArn: z.string().check(z.maxLength(2048)),
  firstSeen: z.optional(z.iso.datetime()),
  lastSeen: z.optional(z.iso.datetime()),
  sample: z._default(z.boolean(), false),
  techniques: z.optional(z.array(z.string().check(z.regex(/^T\d{4}(?:\.\d{3})?$/))).check(z.maxLength(20))),
  bound: z.optional(z.object({ most: z.enum(MODES), because: z.string().check(z.maxLength(300)) })),
});

/** Parses the `detail` of a finding that one of our own detectors, or a person through the CLI, put on our own bus. */
export const parseServiceFinding = (detail: unknown, receivedAt: string): ParsedEvent => {
  const parsed = detailSchema.safeParse(detail);
  if (!parsed.success)
    return unparseable(`the finding cannot be read: ${firstIssue(parsed.error, 'detail')}`);
  const {
    functionArn,
    bound,
    techniques,
    firstSeen = receivedAt,
    lastSeen = firstSeen,
    ...rest
  } = parsed.data;
  const suspect = parseFunctionArn(functionArn);
  if (suspect === null)
    return unparseable('the finding names no Lambda function: detail.functionArn is not a function ARN');
  return {
    kind: 'finding',
    finding: {
      ...rest,
      source: 'tourniquet',
      suspect,
      firstSeen,
      lastSeen,
      count: 1,
      archived: false,
      ...(bound === undefined ? {} : { bound }),
      ...(techniques === undefined ? {} : { techniques }),
    },
  };
};
