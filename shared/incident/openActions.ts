import type { Incident, Question, RotatedSecret } from './incident';
import { openTasks, taskLine } from './tasks';

/** What a human has still to do: a task, or a question about a secret that came to nothing. */
export type OpenAction = {
  readonly kind: 'task' | 'question' | 'rotation';
  /** Since when. ISO 8601, UTC. */
  readonly at: string;
  /** As a sentence, which names the task's id and whose it is. Holds text of others. */
  readonly line: string;
};

/** What is still to be done about a secret that a human was asked about: an answer is not yet a rotation. */
const openQuestion = (
  { secretArn, why, answer, answeredBy }: Question,
  secrets: readonly RotatedSecret[],
): Omit<OpenAction, 'at'> | null => {
  const secret = secrets.find((entry) => entry.secretArn === secretArn);
  if (secret?.outcome === 'rotated' || secret?.outcome === 'failed') return null;
  if (answer === undefined)
    return { kind: 'question', line: `Nobody answered whether to rotate ${secretArn}: ${why}` };
  // Leaving it is a decision, and done: the timeline has it.
  if (answer === 'leave') return null;
  return {
    kind: 'rotation',
    line: `Secret ${secretArn}: to be rotated, decided by ${answeredBy ?? 'an approver'}, and NOT known to be rotated`,
  };
};

type Known = Pick<Incident, 'questions' | 'secrets' | 'openedAt'>;

export const openQuestions = ({ questions = [], secrets = [], openedAt }: Known): readonly OpenAction[] =>
  questions.flatMap((question) => {
    const open = openQuestion(question, secrets);
    const at = secrets.find(({ secretArn }) => secretArn === question.secretArn)?.at ?? openedAt;
    return open === null ? [] : [{ ...open, at }];
  });

/** Everything that is open, oldest first. */
export const openActions = (incident: Incident): readonly OpenAction[] =>
  [
    ...openTasks(incident).map((task) => ({
      kind: 'task' as const,
      at: task[1].at,
      line: taskLine(task, incident),
    })),
    ...openQuestions(incident),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
