'use strict';

/*
 * `serverless remove` takes the way to release with it, so it is refused while an incident is open: before anything is
 * removed, and also when it cannot be found out. The parameter removeWithOpenIncidents is the way past it.
 */

/** The statuses of incidents that are over: shared/incident/incident.ts (ENDED), which a test holds this to. */
const ENDED = ['closed', 'observed', 'ignored', 'refused', 'suspect-gone', 'unparseable'];

/** A message that is read in a terminal: what others named must not bring escape sequences. */
const tame = (text) => String(text).replaceAll(/[^\x20-\x7e]+/g, ' ');

class RemoveGuard {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:remove:remove': () => this.check() };
  }

  async check() {
    const { config, names } = this.serverless.service.custom;
    if (config.removeWithOpenIncidents === 'true') return;
    const wayOut =
      'To remove the stack nevertheless, and be left without a way to release but by hand: --param="removeWithOpenIncidents=true"';
    const open = await this.openIncidents(names.table).catch((error) => {
      throw this.refusal(
        `Not removed: whether an incident is open could not be read from ${names.table} (${tame(error.name)}: ${tame(error.message)}). Use credentials with dynamodb:Query on it and its index by-opened. ${wayOut}`,
      );
    });
    if (open.length === 0) return;
    const stage = this.serverless.getProvider('aws').getStage();
    const first = open[0].id;
    throw this.refusal(
      [
        `Not removed: ${open.length} incident(s) are open, and what they hold contained could not be released after it:`,
        ...open.map(
          ({ id, status, functionName }) => `  ${tame(id)}  ${tame(status)}  ${tame(functionName)}`,
        ),
        `Decide each (npx tourniquet --stage ${stage} decide ${tame(first)} …) and let it close, or save the commands that undo it first (npx tourniquet --stage ${stage} undo ${tame(first)}).`,
        wayOut,
      ].join('\n'),
    );
  }

  refusal(message) {
    return new this.serverless.classes.Error(message, 'TOURNIQUET_OPEN_INCIDENTS');
  }

  /** Every open incident; none where there is no table. */
  async openIncidents(table) {
    const { DynamoDBClient, QueryCommand } = require('@aws-sdk/client-dynamodb');
    const provider = this.serverless.getProvider('aws');
    const client = new DynamoDBClient(await provider.getAwsSdkV3Config());
    const open = [];
    let start;
    try {
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'by-opened',
            KeyConditionExpression: 'listPk = :incidents',
            FilterExpression: `NOT #status IN (${ENDED.map((_, index) => `:ended${index}`).join(', ')})`,
            ProjectionExpression: 'id, #status, functionName',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':incidents': { S: 'incident' },
              ...Object.fromEntries(ENDED.map((status, index) => [`:ended${index}`, { S: status }])),
            },
            ExclusiveStartKey: start,
          }),
        );
        open.push(
          ...(page.Items ?? []).map(({ id, status, functionName }) => ({
            id: id?.S ?? 'unknown',
            status: status?.S ?? 'unknown',
            functionName: functionName?.S ?? '',
          })),
        );
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    } catch (error) {
      if (error.name === 'ResourceNotFoundException') return [];
      throw error;
    }
    return open;
  }
}

module.exports = RemoveGuard;
module.exports.ENDED = ENDED;
