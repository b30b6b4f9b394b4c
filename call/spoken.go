package call

import (
	"strconv"
	"strings"
)

// Numbers are spoken word by word: as names of prompts, in the order of the
// language. maxSpoken is the largest that is; nobody is told a larger one.
const maxSpoken = 999

// SpokenNumber returns the prompts that say n, 0 to 999, in a language or in
// what it is a variant of; nil where nothing says it: another language, another
// number.
func SpokenNumber(language string, n int) []string {
	if n < 0 || n > maxSpoken {
		return nil
	}
	switch base, _, _ := strings.Cut(language, "-"); base {
	case "en":
		return english(n)
	case "vi":
		return vietnamese(n)
	case "zh":
		return mandarin(n)
	}
	return nil
}

// digits names the prompts of single words.
func digits(words ...string) []string {
	for i, w := range words {
		words[i] = "digits/" + w
	}
	return words
}

// english: 115 is "hundred fifteen" after "one".
func english(n int) []string {
	var said []string
	if n >= 100 {
		said = digits(strconv.Itoa(n/100), "hundred")
		if n %= 100; n == 0 {
			return said
		}
	}
	if n > 20 && n%10 != 0 {
		return append(said, digits(strconv.Itoa(n/10*10), strconv.Itoa(n%10))...)
	}
	return append(said, digits(strconv.Itoa(n))...)
}

// vietnamese: after tens one is mốt, after ten and tens five is lăm; a missing
// ten after hundreds is said as lẻ. 10 to 19 are mười and the unit.
func vietnamese(n int) []string {
	var said []string
	if n >= 100 {
		said = digits(strconv.Itoa(n/100), "hundred")
		if n %= 100; n == 0 {
			return said
		}
		if n < 10 {
			return append(said, digits("and", strconv.Itoa(n))...)
		}
	}
	tens, unit := n/10, n%10
	switch {
	case tens == 0:
		return append(said, digits(strconv.Itoa(unit))...)
	case tens == 1:
		said = append(said, digits("10")...)
	default:
		said = append(said, digits(strconv.Itoa(tens), "ty")...)
	}
	switch {
	case unit == 0:
	case unit == 5:
		said = append(said, digits("5-after-ten")...)
	case unit == 1 && tens > 1:
		said = append(said, digits("1-after-ty")...)
	default:
		said = append(said, digits(strconv.Itoa(unit))...)
	}
	return said
}

// mandarin: 十 alone is ten, 二十 twenty; after hundreds a missing ten is said
// as 零, and ten as 一十.
func mandarin(n int) []string {
	var said []string
	hundreds := n >= 100
	if hundreds {
		word := strconv.Itoa(n / 100)
		if n/100 == 2 {
			word = "both"
		}
		said = digits(word, "hundred")
		if n %= 100; n == 0 {
			return said
		}
		if n < 10 {
			return append(said, digits("0", strconv.Itoa(n))...)
		}
	}
	tens, unit := n/10, n%10
	switch {
	case tens > 1 || tens == 1 && hundreds:
		said = append(said, digits(strconv.Itoa(tens), "10")...)
	case tens == 1:
		said = append(said, digits("10")...)
	}
	if unit > 0 || tens == 0 {
		said = append(said, digits(strconv.Itoa(unit))...)
	}
	return said
}

// SpokenPosition returns the prompts that say a place in a queue.
func SpokenPosition(language string, n int) []string {
	number := SpokenNumber(language, n)
	if number == nil {
		return nil
	}
	said := append([]string{"queue-position"}, number...)
	if strings.HasPrefix(language, "zh") {
		said = append(said, "queue-position-after")
	}
	return said
}

// SpokenWait returns the prompts that say how long it is likely to take, in
// whole minutes, rounded up: nobody minds being early. One that is too long to
// be said is not.
func SpokenWait(language string, us int64) []string {
	minutes := int((us + 59_999_999) / 60_000_000)
	if us < 60_000_000 {
		return []string{"queue-wait-short"}
	}
	number := SpokenNumber(language, minutes)
	if number == nil {
		return nil
	}
	if minutes == 2 && strings.HasPrefix(language, "zh") {
		number = digits("both")
	}
	unit := "queue-minutes"
	if minutes == 1 {
		unit = "queue-minute"
	}
	return append(append([]string{"queue-wait"}, number...), unit)
}

// SpokenWords lists every prompt that positions and waits need in a language.
func SpokenWords(language string) []string {
	if SpokenNumber(language, 0) == nil {
		return nil
	}
	seen, words := map[string]bool{}, []string(nil)
	add := func(names []string) {
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				words = append(words, n)
			}
		}
	}
	for n := range maxSpoken + 1 {
		add(SpokenPosition(language, n))
		add(SpokenWait(language, int64(n)*60_000_000))
	}
	return words
}
