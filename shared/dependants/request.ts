import * as z from 'zod';
import { DEPENDANT_KINDS } from '../policy/dependants';
import { parseFunctionArn } from '../suspect/functionArn';

/** More than that of a kind are said, and not cut. */
export const MOST_TARGETS = 25;
export const MOST_REACHED = 100;
/** An ARN is 2,048 characters at most; the longest that is of use here is far below. */
const LONGEST = 1024;

const arns = z
  .array(
    z
      .string()
      .max(LONGEST)
      .regex(/^arn:aws[a-z-]*:/),
  )
  .max(MOST_REACHED);

const reach = z.strictObject({
  suspectArn: z.string().refine((text) => parseFunctionArn(text)?.arn === text),
  functionName: z.string().regex(/^[\w-]{1,140}$/),
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/),
  accountId: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z]{2,}(?:-[a-z0-9]+)+-\d$/),
  resources: arns,
  reads: arns,
});

/**
 * What may be asked: which kind, for which containment of which suspect. `targets`: ids of what was found. Never what was
 * there before: that the function keeps itself.
 */
export const dependantsRequest = z.strictObject({
  kind: z.enum(DEPENDANT_KINDS),
  action: z.enum(['find', 'cut', 'check', 'mend']),
  reach,
  /** Names the containment. */
  holder: z.string().regex(/^[\w-]{1,80}#\d{1,6}$/),
  targets: z.array(z.string().min(1).max(LONGEST)).max(MOST_TARGETS),
});
export type DependantsRequest = z.infer<typeof dependantsRequest>;

/** What became of one target. `open`: it is not cut. */
export type TargetState = {
  readonly id: string;
  readonly state: 'found' | 'cut' | 'open' | 'restored' | 'drift';
  readonly detail: string;
};

export type DependantsAnswer = {
  readonly states: readonly TargetState[];
  /** All of it in one line, for people. */
  readonly text: string;
  /** What was found and is not cut, and why, one line each. */
  readonly left: readonly string[];
  /** Where it was asked what would be cut: how it is told, and the commands that put it back. */
  readonly does: string;
  readonly cautions: readonly string[];
  readonly undo: readonly string[];
};
