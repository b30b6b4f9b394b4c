// Package guard says whether a number may be called, before anything is dialed: telephone fraud is paid by whoever owns
// the trunk. What is not allowed is refused: a trunk calls the prefixes that it lists and nothing else, and within them
// no premium, shared-cost, satellite, personal or company number unless its sort is listed too; an agent, a campaign and
// a trunk begin so many calls in a minute and in a day and no more. It is pure but for the counts of Book.
package guard
