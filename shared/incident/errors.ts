/** Names are an interface: the playbook matches them, and a test holds the two together. */
export class IncidentNotFoundError extends Error {
  override readonly name = 'IncidentNotFoundError';
  constructor(readonly incidentId: string) {
    super(`there is no incident ${incidentId}`);
  }
}

/** Others went on writing into the history all the time. The step is retried. */
export class HistoryContendedError extends Error {
  override readonly name = 'HistoryContendedError';
  constructor(readonly incidentId: string) {
    super(`${incidentId}: others were writing into its history all the time`);
  }
}
