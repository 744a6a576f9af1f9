import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { incidentKey } from '../incident/keys';
import { appendEntry, getIncident, type Records } from '../incident/store';
import { type Groups, isApprover } from './approvers';

export type QuestionAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly message: string };

type Asked = {
  readonly incidentId: string;
  readonly questionId: string;
  readonly answer: 'rotate' | 'leave';
  readonly by: string;
};

/** Takes an approver's answer to a question about a secret. The first answer counts; what is refused is noted too. */
export const answerQuestion = async (
  asked: Asked,
  records: Records,
  approvers: readonly string[],
  groups: Groups = {},
): Promise<QuestionAnswer> => {
  const result = await take(asked, records, approvers, groups);
  if (!result.accepted) {
    const { incidentId, answer, by } = asked;
    const text = `${by} was refused the answer ${answer}: ${result.message}`;
    await appendEntry(records, incidentId, 'question-refused', text, { by, unlessLast: true });
  }
  return result;
};

const take = async (
  { incidentId, questionId, answer, by }: Asked,
  records: Records,
  approvers: readonly string[],
  groups: Groups,
): Promise<QuestionAnswer> => {
  const { questions = [] } = await getIncident(records, incidentId);
  if (!isApprover(approvers, by, groups))
    return { accepted: false, message: `${by} is not on the list of approvers` };
  const index = questions.findIndex(({ id }) => id === questionId);
  const question = questions[index];
  if (question === undefined) return { accepted: false, message: 'this question is no longer open' };
  try {
    await records.db.send(
      new UpdateCommand({
        TableName: records.table,
        Key: incidentKey(incidentId),
        UpdateExpression: `SET questions[${index}].answer = :answer, questions[${index}].answeredBy = :by`,
        ConditionExpression: `questions[${index}].id = :id AND attribute_not_exists(questions[${index}].answer)`,
        ExpressionAttributeValues: { ':answer': answer, ':by': by, ':id': questionId },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { accepted: false, message: 'this question has been answered already' };
  }
  await appendEntry(records, incidentId, 'question', `${by} answered: ${answer} ${question.secretArn}`, {
    by,
  });
  return { accepted: true };
};
