/** Names are an interface: the playbook matches them, and a test holds the two together. */
export class IncidentNotFoundError extends Error {
  override readonly name = 'IncidentNotFoundError';
  constructor(readonly incidentId: string) {
    super(`there is no incident ${incidentId}`);
  }
}
