import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Ids and outcomes only: never an event, a secret or a value of the suspect's environment. */
export const log = new Logger({ serviceName: 'tourniquet' });
