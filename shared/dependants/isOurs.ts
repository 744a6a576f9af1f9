/** Whether what an id names is the responder's own, of any stage (invariant 7). Pure. */
export const isOurs = (id: string, service: string): boolean =>
  id.split(/[:/#\s]/).some((piece) => piece.startsWith(`${service}-`));
