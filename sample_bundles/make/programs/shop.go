// A shop in Go: a nil cart, an index past the end, or goroutines that wait for ever.
package main

import (
	"fmt"
	"os"
	"sync"
)

type Cart struct{ prices []int }

func (c *Cart) Total(count int) (sum int) {
	for index := 0; index < count; index++ {
		sum += c.prices[index]
	}
	return
}

func pay(cart *Cart, count int) int {
	defer fmt.Fprintln(os.Stderr, "till closed")
	return cart.Total(count)
}

func wait(group *sync.WaitGroup) { group.Wait() }

func main() {
	switch os.Args[1] {
	case "nil":
		pay(nil, 2)
	case "deadlock":
		var group sync.WaitGroup
		group.Add(1)
		go wait(&group)
		wait(&group)
	default:
		pay(&Cart{prices: []int{3, 4}}, 3)
	}
}
