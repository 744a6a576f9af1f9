import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { incidentKey } from '../incident/keys';
import { appendEntry, getIncident, type Records } from '../incident/store';
import { isApprover } from './approvers';

export type QuestionAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly message: string };

/** Takes an approver's answer to a question about a secret. The first answer counts. */
export const answerQuestion = async (
  asked: { incidentId: string; questionId: string; answer: 'rotate' | 'leave'; by: string },
  records: Records,
  approvers: readonly string[],
): Promise<QuestionAnswer> => {
  const { incidentId, questionId, answer, by } = asked;
  if (!isApprover(approvers, by))
    return { accepted: false, message: `${by} is not on the list of approvers` };
  const { questions = [] } = await getIncident(records, incidentId);
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
  await appendEntry(records, incidentId, 'question', `${by} answered: ${answer} ${question.secretArn}`);
  return { accepted: true };
};
