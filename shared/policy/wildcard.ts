/**
 * Whether a text matches a pattern in which only `*` is special, as in IAM. Piece by piece and never back: the text is
 * a name that an attacker chose.
 */
export const matches = (pattern: string, text: string): boolean => {
  const pieces = pattern.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return from <= text.length - last.length;
};
