import { z } from 'zod';
import { parseFunctionArn } from '../suspect/functionArn';
import { type ParsedEvent, unparseable } from './finding';
import { firstIssue } from './issue';

/** The `source` and `detail-type` of findings on the service's own bus, which only our own roles may write to. */
export const SERVICE_SOURCE = 'tourniquet';
export const SERVICE_DETAIL_TYPE = 'Tourniquet Finding';

const detailSchema = z.object({
  id: z.string().min(1).max(256),
  rule: z.string().min(1).max(256),
  title: z.string().min(1).max(2048),
  description: z.string().max(8192).default(''),
  severity: z.number().min(0).max(10),
  functionArn: z.string().max(2048),
  firstSeen: z.iso.datetime().optional(),
  lastSeen: z.iso.datetime().optional(),
  sample: z.boolean().default(false),
});

/** Parses the `detail` of a finding that one of our own detectors, or a person through the CLI, put on our own bus. */
export const parseServiceFinding = (detail: unknown, receivedAt: string): ParsedEvent => {
  const parsed = detailSchema.safeParse(detail);
  if (!parsed.success)
    return unparseable(`the finding cannot be read: ${firstIssue(parsed.error, 'detail')}`);
  const { functionArn, firstSeen = receivedAt, lastSeen = firstSeen, ...rest } = parsed.data;
  const suspect = parseFunctionArn(functionArn);
  if (suspect === null)
    return unparseable('the finding names no Lambda function: detail.functionArn is not a function ARN');
  return {
    kind: 'finding',
    finding: { ...rest, source: 'tourniquet', suspect, firstSeen, lastSeen, count: 1, archived: false },
  };
};
