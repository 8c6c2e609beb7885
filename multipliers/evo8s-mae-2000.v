module evo8s_mae_2000(input signed [7:0] a, input signed [7:0] b, output signed [15:0] p);
  wire n18 = a[7] & b[6];
  wire n19 = a[6] & ~b[7];
  wire n20 = n18 & ~n19;
  wire n21 = a[7] & b[7];
  wire n22 = n19 & ~n18;
  wire n23 = a[6] & ~b[6];
  wire n24 = ~(n20 | n23);
  wire n25 = ~(n21 | n22);
  wire n26 = ~a[6];
  wire n27 = ~b[7];
  wire n28 = ~n22;
  wire n29 = ~a[7];
  assign p = {n25, n25, n24, n25, n29, n28, n26, n26, n28, n28, 1'b0, n27, 1'b1, 1'b0, n26, b[4]};
endmodule

