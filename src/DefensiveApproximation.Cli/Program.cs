Console.WriteLine("dapprox");
