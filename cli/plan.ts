import { GetFunctionCommand, type LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { bold, dim, tame } from '../local/print';
import type { BlastPart, Plan, PlannedStep } from '../shared/containment/planned';
import { elsewhere } from '../shared/policy/guards';
import { describeSuspect, type Suspect } from '../shared/suspect/describe';
import { type FunctionArn, parseFunctionArn } from '../shared/suspect/functionArn';

/** There is no such function, or none that this deployment can look at. */
export class NoFunctionError extends Error {
  override readonly name = 'NoFunctionError';
}

// Function names as the Lambda API admits them, with an optional qualifier.
const NAME = /^[a-zA-Z0-9-_]{1,140}(?::(?:\$LATEST|[a-zA-Z0-9-_]{1,128}))?$/;

const lookUp = async (name: string, lambda: LambdaClient): Promise<FunctionArn | null> => {
  try {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    return parseFunctionArn(Configuration?.FunctionArn ?? '');
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** The function that was asked for, by name or ARN, as it stands now; throws {@link NoFunctionError}. */
export const findSuspect = async (
  asked: string,
  lambda: LambdaClient,
  own: { readonly ownAccountId: string; readonly ownRegion: string },
): Promise<Suspect> => {
  const arn = parseFunctionArn(asked);
  if (arn === null && !NAME.test(asked))
    throw new NoFunctionError(`${tame(asked)} is neither the name nor the ARN of a function`);
  const away = arn === null ? null : elsewhere(arn, own);
  if (away !== null) throw new NoFunctionError(`${tame(asked)} cannot be looked at: ${away}`);
  const name = arn ?? (await lookUp(asked, lambda));
  const suspect = name === null ? null : await describeSuspect(name, lambda);
  if (suspect === null)
    throw new NoFunctionError(`there is no function ${tame(asked)} in ${own.ownAccountId}, ${own.ownRegion}`);
  return suspect;
};

const indented = (label: string, text: string): string => `     ${label.padEnd(8)} ${tame(text)}`;

const stepLines = (step: PlannedStep, index: number): readonly string[] => {
  const head = (mark: string) => `  ${index + 1}. ${tame(step.title)}${mark}`;
  if (step.applies === false) return [`${head('')}: ${dim(`nothing to do: ${tame(step.why)}`)}`];
  if (step.applies === 'unknown')
    return [
      `${head(': NOT KNOWN whether it applies')}`,
      indented('because', step.unknown),
      indented('does', 'containment would try it'),
    ];
  return [
    head(''),
    indented('found', step.found),
    indented('does', step.does),
    indented('inverse', step.inverse),
    ...(step.undo ?? []).map((command) => indented('', command)),
    ...step.cautions.map((caution) => indented('caution', caution)),
  ];
};

/** More than that on a terminal is not read; `--json` has all. */
const MOST_LINES = 15;

const partLines = ({ title, count, lines, notKnown }: BlastPart): readonly string[] => {
  const number = count === null ? 'not known' : `${notKnown === undefined ? '' : 'at least '}${count}`;
  return [
    `  ${tame(title)}: ${number}${notKnown === undefined ? '' : dim(` (${tame(notKnown)})`)}`,
    ...lines.slice(0, MOST_LINES).map((line) => `     ${tame(line)}`),
    ...(lines.length > MOST_LINES ? [`     and ${lines.length - MOST_LINES} more: --json has all`] : []),
  ];
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', bold(title), ...lines];

const plain = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${tame(line)}`);

/** A plan for people. `modes`: how far the responder would go by itself, by the severity of a finding. */
export const planPage = (plan: Plan, modes: readonly string[]): string =>
  [
    bold(`Plan: contain ${tame(plan.functionArn)}`),
    dim(`from its live state at ${tame(plan.plannedAt)}; nothing was changed`),
    ...section('What a finding would do, by its severity', plain(modes)),
    ...section('How it stands', plain(plan.standing)),
    ...section(
      'What would be done, in this order',
      plan.steps.flatMap((step, index) => stepLines(step, index)),
    ),
    ...section('Whom it reaches', plan.blastRadius.flatMap(partLines)),
    ...section('What would be held or lost', plain(plan.losses)),
    ...section('What it cannot contain', plain(plan.cannotContain)),
  ].join('\n');
