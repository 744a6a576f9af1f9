/** Calls the desk. What it answers, or `{ok: false, error}` where it does not answer at all. */
export const call = async (path, body) => {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: 'the desk does not answer: is it still running?' };
  }
};

const MEANINGS = {
  401: 'The endpoint refused the signature (401): do the signing secrets differ?',
  403: 'The endpoint refused it (403).',
};

/** A failed delivery in words. */
export const whatFailed = ({ status, error = 'no reason given', body = '' }) =>
  [MEANINGS[status] ?? `${error.charAt(0).toUpperCase()}${error.slice(1)}.`, body.slice(0, 240)]
    .filter(Boolean)
    .join(' ');
