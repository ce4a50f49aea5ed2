/** What an API of any kind is sent at most, UTF-16 units: it may keep less, and says so by refusing. */
export const HTTP_LIMITS = { name: 255, subject: 998, people: 200 } as const;
