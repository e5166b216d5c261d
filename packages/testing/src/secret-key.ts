/** What servers under test sign with. */
export const secretKey = 'a key for tests that is long enough to be one';
